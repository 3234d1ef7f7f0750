"""A `.deb`: an ar archive of two tars, one that describes the package and one that is its files. See deb(5)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

import msgspec

from seawall.errors import Malformed
from seawall.safe import tar
from seawall.safe.compression import open_stream, unpack
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.repositories.stanzas import fields, listed

SCRIPTS = ("preinst", "postinst", "prerm", "postrm", "config")
_MAGIC = b"!<arch>\n"
_HEADER = 60


class DebPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A package taken apart.

    `fields` are those of its control file, by name in lower case; `control` that file as it is. `conffiles` are the
    paths of its configuration, with a leading slash. `scripts` are its maintainer scripts by name, `others` the rest
    of what describes it (md5sums, triggers, shlibs, symbols, templates). `files` is the tar of its files, unpacked.
    """

    fields: Mapping[str, str]
    control: bytes
    conffiles: tuple[str, ...]
    scripts: Mapping[str, bytes]
    others: Mapping[str, bytes]
    files: bytes

    @property
    def depends(self) -> tuple[str, ...]:
        return listed(self.fields.get("depends", ""))

    @property
    def pre_depends(self) -> tuple[str, ...]:
        return listed(self.fields.get("pre-depends", ""))


def read_deb(content: bytes, *, where: str, limits: Limits = DEFAULT) -> DebPackage:
    """The parts of a package; verify it before (`repository.download` does). Raises Malformed, LimitExceeded."""
    members = dict(_members(content, where))
    control, data = (next((members[name] for name in members if name.startswith(kind)), b"") for kind in _PARTS)
    if members.get("debian-binary", b"")[:2] != b"2." or not control or not data:
        raise Malformed("this is no Debian package", where=where)
    described = dict(_described(unpack(control, where=where, limits=limits, limit="text_bytes"), where, limits))
    text = described.pop("control", b"")
    said = fields(text.decode("utf-8", "replace"))
    if not said.get("package") or not said.get("version"):
        raise Malformed("its control file names no package", where=where)
    conffiles = described.pop("conffiles", b"").decode("utf-8", "replace").splitlines()
    return DebPackage(
        fields=said,
        control=text,
        # `remove-on-upgrade /path` names what is no longer part of it: deb-conffiles(5)
        conffiles=tuple(line.strip() for line in conffiles if line.strip().startswith("/")),
        scripts={name: described.pop(name) for name in SCRIPTS if name in described},
        others=described,
        files=unpack(data, where=where, limits=limits, limit="package_bytes"),
    )


_PARTS = ("control.tar", "data.tar")


def _members(content: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """The members of the ar archive, the first of a name only."""
    if not content.startswith(_MAGIC):
        raise Malformed("this is no Debian package: no ar archive", where=where)
    at, seen = len(_MAGIC), set[str]()
    while at < len(content):
        header = content[at : at + _HEADER]
        size = header[48:58].strip()
        end = at + _HEADER + int(size) if size.isdigit() else -1
        if len(header) != _HEADER or header[58:] != b"`\n" or not at < end <= len(content):
            raise Malformed("this package is damaged, or cut short", where=where)
        name = header[:16].decode("latin-1").strip().rstrip("/")
        if name not in seen:
            yield name, content[at + _HEADER : end]
        seen.add(name)
        at = end + end % 2


def _described(control: bytes, where: str, limits: Limits) -> Iterator[tuple[str, bytes]]:
    stream = open_stream(io.BytesIO(control), where=where, limits=limits)
    for member in tar.walk(stream, where=where, limits=limits):
        if member.kind == "file" and "/" not in member.name:
            yield member.name, member.read()
