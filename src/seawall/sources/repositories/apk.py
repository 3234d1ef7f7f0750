"""Repositories of Alpine: one signed `APKINDEX.tar.gz` for each repository and architecture.

https://wiki.alpinelinux.org/wiki/Apk_spec#APKINDEX_Format
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from seawall.errors import Malformed, Unsupported
from seawall.model import Distro
from seawall.safe.compression import gzip_members, unpack
from seawall.safe.http_rules import shown
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.apk_package import tar_files
from seawall.sources.repositories.repository import Entry, Once, Repository
from seawall.sources.repositories.rsa import Keys

_NAME = re.compile(r"^P:(.*)$", re.MULTILINE)
_VERSION = re.compile(r"\d+\.\d+")
_REPOSITORIES = 32


def configured(files: Mapping[str, bytes]) -> list[str]:
    """The addresses in etc/apk/repositories; a tag (`@edge URL`) is for packages that name it, so it is left out."""
    text = files.get("etc/apk/repositories", b"").decode("utf-8", "replace")
    lines = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line and line[0] not in "#@"))[:_REPOSITORIES]


def defaults(distro: Distro) -> list[str]:
    """The distro's own repositories, for an image that names none."""
    version = _VERSION.match(distro.version)
    if distro.id != "alpine" or version is None:
        return []
    return [f"https://dl-cdn.alpinelinux.org/alpine/v{version[0]}/{name}" for name in ("main", "community")]


def open_index(uri: str, arch: str, keys: Keys, access: RepositoryAccess) -> Repository:
    """One repository. Raises SeawallError."""
    base = access.address(uri)
    if base is None:
        hint = "if you trust it: --repository-host HOST, and --keyring FILE with its keys"
        raise Unsupported("only the image names this repository, so it is not asked", where=uri, hint=hint)
    url = f"{base}/{arch}/APKINDEX.tar.gz"
    content = access.cache.fetch(url) or b""
    index = ApkIndex(_verified(content, keys, shown(url), access), f"{base}/{arch}", shown(base))
    return Repository(shown(base), index.entries)


def _verified(content: bytes, keys: Keys, where: str, access: RepositoryAccess) -> str:
    """The text of an index: its first member holds the signature of all that follows."""
    first = next(gzip_members(content, where=where, limits=access.limits), None)
    if first is None:
        raise Malformed("this index is empty", where=where)
    signatures = tar_files(first[1], where, access.limits)
    if len(signatures) != 1 or not (name := next(iter(signatures))).startswith(".SIGN."):
        raise Malformed("this index is not signed", where=where)
    signed = content[len(first[0]) :]
    keys.verify(name, signatures[name], signed, where=where)
    found = tar_files(unpack(signed, where=where, limits=access.limits), where, access.limits)
    return found.get("APKINDEX", b"").decode("utf-8", "replace")


class ApkIndex:
    """An APKINDEX: `letter:value` lines, an empty line between packages."""

    def __init__(self, text: str, base: str, label: str) -> None:
        self._text, self._base, self._label = text, base, label
        self._offsets = Once(self._scan)

    def _scan(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in _NAME.finditer(self._text):
            found.setdefault(match[1].strip(), []).append(match.start())
        return found

    def entries(self, name: str) -> list[Entry]:
        """The entries of one name. Raises Malformed."""
        found = []
        for at in self._offsets().get(name, ()):
            begin, end = self._text.rfind("\n\n", 0, at) + 2 if at else 0, self._text.find("\n\n", at)
            stanza = self._text[max(begin, 0) if begin > 1 else 0 : end if end >= 0 else None]
            lines = (line.partition(":") for line in stanza.splitlines())
            found.append(self._entry({letter: value.strip() for letter, _, value in lines}))
        return found

    def _entry(self, said: dict[str, str]) -> Entry:
        name, version, checksum, size = (said.get(letter, "") for letter in "PVCS")
        try:
            digest = base64.b64decode(checksum.removeprefix("Q1"), validate=True)
        except binascii.Error:
            digest = b""
        if not checksum.startswith("Q1") or len(digest) != 20 or not size.isdecimal() or "/" in name + version:
            raise Malformed(f"no size or checksum for {name}", where=self._label)
        return Entry(
            type="apk",
            name=name,
            version=version,
            arch=said.get("A", ""),
            source=said.get("o", name),
            source_version=version,
            url=f"{self._base}/{name}-{version}.apk",
            size=int(size),
            digest=f"apk-sha1:{digest.hex()}",
            depends=tuple(said.get("D", "").split()),
            provides=tuple(said.get("p", "").split()),
            repository=self._label,
        )
