"""The names of images in registries: `[host[:port]/]repository[:tag][@digest]`, and `acr://NAME[/repository]`.

Grammar: https://github.com/distribution/reference/blob/main/reference.go; defaults are Docker's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from seawall.errors import Malformed, UsageError
from seawall.sources.images.manifest import DIGEST

ACR = "acr://"
HUB = "docker.io"
LATEST = "latest"

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]{{2,39}}\])(?::[0-9]{{1,5}})?")
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_REPOSITORY_MAX = 255
_WORD_MAX = 1024
_FORM = "an image is [HOST[:PORT]/]REPOSITORY[:TAG][@sha256:…], a registry in Azure acr://NAME"


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """An image by name. `digest`, where it is given, says which one, and `tag` is only a word beside it.

    Without a repository it stands for the whole registry, without tag and digest for the whole repository.
    """

    registry: str
    repository: str = ""
    tag: str = ""
    digest: str = ""

    @property
    def target(self) -> str:
        """What to ask the registry for."""
        return self.digest or self.tag or LATEST

    def __str__(self) -> str:
        name = f"{self.registry}/{self.repository}" if self.repository else self.registry
        return name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def is_reference(word: str, exists: Callable[[str], bool]) -> bool:
    """True where a word on the command line names an image in a registry rather than a path.

    What is there on the disk is a path, and so is what begins in a folder that is there (a misspelt file). Else a word
    is a reference where it says so: `acr://`, a host (with a dot or a port, or localhost) before a slash, a tag or a
    digest. A bare `nginx` is a path that does not exist.
    """
    if word.startswith(ACR):
        return True
    first, slash, _ = word.partition("/")
    if exists(word) or (slash and exists(first)) or first in ("", ".", "..", "~") or "\\" in word:
        return False
    named = _is_host(first) if slash else False
    tagged = "@" in word or ":" in word.rpartition("/")[2]
    return named or (tagged and _try(word) is not None)


def parse(word: str) -> Reference:
    """The reference in a word. Raises UsageError."""
    if word.startswith(ACR):
        return _azure(word)
    found = _try(word)
    if found is None:
        raise UsageError("this is no name of an image", where=word[:200], hint=_FORM)
    return found


def named(registry: str, repository: str, tag: str = "") -> Reference:
    """An image that a registry lists. Raises Malformed for what cannot be a name."""
    if not _REPOSITORY.fullmatch(repository) or not (_TAG.fullmatch(tag) or not tag):
        raise Malformed("lists a name that cannot be one", where=registry)
    return Reference(registry=registry, repository=repository, tag=tag)


def _try(word: str) -> Reference | None:
    name, at, digest = word.partition("@")
    host, slash, rest = name.partition("/")
    if not (slash and _is_host(host)):
        host, rest = HUB, name
    repository, _, tag = rest.partition(":")
    if host in (HUB, "index.docker.io"):
        host, repository = HUB, repository if "/" in repository else f"library/{repository}"
    valid = (
        len(word) <= _WORD_MAX
        and _HOST.fullmatch(host)
        and len(repository) <= _REPOSITORY_MAX
        and _REPOSITORY.fullmatch(repository)
        and (_TAG.fullmatch(tag) if ":" in rest else True)
        and (DIGEST.fullmatch(digest) if at else True)
    )
    return Reference(registry=host.lower(), repository=repository, tag=tag, digest=digest) if valid else None


def _azure(word: str) -> Reference:
    """`acr://NAME` is the registry NAME.azurecr.io; a full host name (of another cloud) is taken as it is."""
    name, _, rest = word.removeprefix(ACR).rstrip("/").partition("/")
    host = name if "." in name or ":" in name else f"{name}.azurecr.io"
    if not name or not _HOST.fullmatch(host):
        raise UsageError("this is no name of a registry", where=word[:200], hint=_FORM)
    if not rest:
        return Reference(registry=host.lower())
    found = _try(f"{host}/{rest}")
    if found is None:
        raise UsageError("this is no name of an image", where=word[:200], hint=_FORM)
    return found


def _is_host(word: str) -> bool:
    """Docker's rule for the first part of a name."""
    return "." in word or ":" in word or word == "localhost" or word != word.lower()
