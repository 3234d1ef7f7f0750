"""What apk knows of an image. https://wiki.alpinelinux.org/wiki/Apk_spec#Install_DB"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from seawall.errors import Unsupported
from seawall.remedies.patch.present import Present

FOLDERS = ("lib/apk/db", "usr/lib/apk/db")
_STANZA = re.compile(r"(?:[^\n]+\n?)+")
_PINNED = re.compile(r"([^\s<>=~@!]+)(?:=|~|<)\S+")


class ApkInstalled(msgspec.Struct, frozen=True, kw_only=True):
    """A package as apk has it. `files` are its paths with the checksum of each, "" where there is none."""

    name: str
    version: str
    arch: str
    source: str
    checksum: str
    depends: tuple[str, ...]
    provides: tuple[str, ...]
    files: Mapping[str, str]
    held: bool = False


class ApkDatabase(msgspec.Struct, frozen=True, kw_only=True):
    """All that is installed, by name; `folder` is where it is written; `text` how, as it is."""

    folder: str
    text: str
    installed: Mapping[str, ApkInstalled]


def read_apk_database(present: Present, where: str) -> ApkDatabase:
    """Raises Unsupported where there is none."""
    folder = next((each for each in FOLDERS if present.text(f"{each}/installed").strip()), "")
    if not folder or present.real(f"{folder}/installed") not in {f"{each}/installed" for each in FOLDERS}:
        raise Unsupported("the image has no database of apk", where=where, hint="build it anew on a patched base")
    text = present.text(f"{folder}/installed").decode("utf-8", "surrogateescape")
    world = present.text("etc/apk/world").decode("utf-8", "replace")
    pinned = {match[1] for line in world.split() if (match := _PINNED.fullmatch(line))}
    installed = {each.name: each for stanza in _STANZA.findall(text) if (each := _package(stanza, pinned))}
    return ApkDatabase(folder=present.real(f"{folder}/installed").rpartition("/")[0], text=text, installed=installed)


def _package(stanza: str, pinned: set[str]) -> ApkInstalled | None:
    said: dict[str, str] = {}
    files: dict[str, str] = {}
    folder = last = ""
    for line in stanza.splitlines():
        letter, _, value = line.partition(":")
        if letter == "F":
            folder = f"{value}/" if value else ""
        elif letter == "R":
            last = folder + value
            files[last] = ""
        elif letter == "Z" and last:
            files[last] = value
        else:
            said.setdefault(letter, value)
    name = said.get("P", "")
    if not name or not said.get("V"):
        return None
    return ApkInstalled(
        name=name,
        version=said["V"],
        arch=said.get("A", ""),
        source=said.get("o") or name,
        checksum=said.get("C", ""),
        depends=tuple(word for word in said.get("D", "").split() if not word.startswith("!")),
        provides=tuple(said.get("p", "").split()),
        files=files,
        held=name in pinned,
    )


def with_stanzas(text: str, stanzas: Mapping[str, str]) -> str:
    """The database with other records of packages; those that it does not have come last."""
    left = dict(stanzas)

    def replaced(match: re.Match[str]) -> str:
        name = re.search(r"^P:(.*)$", match[0], re.MULTILINE)
        return left.pop(name[1], match[0]) if name else match[0]

    whole = _STANZA.sub(replaced, text)
    return "\n".join([whole.rstrip("\n") + "\n", *left.values(), ""]) if left else whole
