"""What dpkg knows of an image: its records, and the files of each package. https://wiki.debian.org/DpkgInternals

Distroless images have a file for each package in status.d, and the checksums of its files beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.remedies.patch.present import Present
from seawall.sources.repositories.stanzas import fields, listed

FOLDER = "var/lib/dpkg"
_STANZA = re.compile(r"(?:[^\n]+\n?)+")
_SUM = re.compile(r"^[0-9a-f]{32}  ?(?:\./)?/?(.+)$", re.MULTILINE)
_CONFFILE = re.compile(r"(/\S+)\s+([0-9a-f]{32}|newconffile)(\s+obsolete)?")


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """A package as dpkg has it. `stem` is what its files in info/ begin with; `file` holds its record."""

    name: str
    version: str
    arch: str
    source: str
    fields: Mapping[str, str]
    stanza: str
    stem: str
    file: str

    @property
    def depends(self) -> tuple[str, ...]:
        return listed(self.fields.get("pre-depends", "")) + listed(self.fields.get("depends", ""))

    @property
    def provides(self) -> tuple[str, ...]:
        return listed(self.fields.get("provides", ""))

    @property
    def held(self) -> bool:
        return self.fields.get("status", "").startswith("hold ")

    @property
    def conffiles(self) -> dict[str, str]:
        """The digests (MD5) of its configuration as it was shipped, by path without leading slash."""
        return {match[1].lstrip("/"): match[2] for match in _CONFFILE.finditer(self.fields.get("conffiles", ""))}


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """All that is installed, by name. `doubled` are names installed for two architectures; `minimal`: status.d."""

    installed: Mapping[str, Installed]
    doubled: frozenset[str] = frozenset()
    minimal: bool = False


def read_database(present: Present, where: str) -> Database:
    """Raises Unsupported where there is none, or one that is not whole; Malformed."""
    texts = {f"{FOLDER}/status": present.text(f"{FOLDER}/status").decode("utf-8", "surrogateescape")}
    minimal = not texts[f"{FOLDER}/status"].strip()
    if minimal:
        names = [name for name in present.names(f"{FOLDER}/status.d") if not name.endswith(".md5sums")]
        paths = [f"{FOLDER}/status.d/{name}" for name in sorted(names)]
        texts = {path: present.text(path).decode("utf-8", "surrogateescape") for path in paths}
    if not any(texts.values()):
        hint = "build it anew on a patched base; chiselled images know slices, not packages"
        raise Unsupported("the image has no database of dpkg", where=where, hint=hint)
    if present.real(f"{FOLDER}/status") != f"{FOLDER}/status":
        raise Unsupported("its database of dpkg lies behind a link", where=where)
    found: dict[str, Installed] = {}
    doubled = set()
    for file, text in texts.items():
        for stanza in _STANZA.findall(text):
            package = _installed(present, file, stanza, where)
            if package:
                if package.name in found:
                    doubled.add(package.name)
                found[package.name] = package
    return Database(installed=found, doubled=frozenset(doubled), minimal=minimal)


def _installed(present: Present, file: str, stanza: str, where: str) -> Installed | None:
    said = fields(stanza)
    state = said.get("status", "install ok installed").split()
    name, version = said.get("package", ""), said.get("version", "")
    if state[-1:] in (["not-installed"], ["config-files"]) or not name:
        return None
    if state[-1:] != ["installed"] or not version or "/" in name:
        hint = "repair it first: dpkg --audit names what is wrong"
        raise Malformed(f"{name} is not wholly installed ({' '.join(state)})", where=where, hint=hint)
    arch = said.get("architecture", "")
    there = present.kind(f"{FOLDER}/info/{name}:{arch}.list")
    return Installed(
        name=name,
        version=version,
        arch=arch,
        source=said.get("source", name).partition(" ")[0],
        fields=said,
        stanza=stanza,
        stem=f"{name}:{arch}" if there else name,
        file=file,
    )


def files_of(package: Installed, present: Present, *, minimal: bool) -> list[str]:
    """The paths, without leading slash, that a package owns; folders too, but for distroless images."""
    if minimal:
        return _SUM.findall(present.text(f"{package.file}.md5sums").decode("utf-8", "surrogateescape"))
    text = present.text(f"{FOLDER}/info/{package.stem}.list").decode("utf-8", "surrogateescape")
    return [path for line in text.splitlines() if (path := line.strip("/")) not in ("", ".")]


def with_records(text: str, records: Mapping[str, str], order: Sequence[str] = ()) -> str:
    """A status file in which packages have new records; those that it does not have come last."""
    done: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        name = fields(match[0]).get("package", "")
        if name not in records or name in done:
            return match[0]
        done.add(name)
        return records[name]

    whole = _STANZA.sub(replaced, text)
    more = [records[name] for name in order or sorted(records) if name not in done]
    return "\n".join([whole.rstrip("\n") + "\n", *more]) if more else whole
