"""The header of an rpm package, as every kind of rpm database holds it.

A count of entries and a size of data; then a tag, a type, an offset and a count for each entry; then the data. All
numbers are big-endian. https://rpm-software-management.github.io/rpm/manual/format_header.html
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from seawall.catalogers.cataloger import Owns, owns
from seawall.errors import LimitExceeded, Malformed
from seawall.model import Package
from seawall.safe.limits import Limits

NAME, VERSION, RELEASE, EPOCH, VENDOR, ARCH, SOURCE_RPM, MODULE = 1000, 1001, 1002, 1003, 1011, 1022, 1044, 5096
DIR_INDEXES, BASE_NAMES, DIR_NAMES, OLD_FILE_NAMES = 1116, 1117, 1118, 1027
WANTED = frozenset(
    {NAME, VERSION, RELEASE, EPOCH, VENDOR, ARCH, SOURCE_RPM, MODULE}
    | {DIR_INDEXES, BASE_NAMES, DIR_NAMES, OLD_FILE_NAMES}
)
INT_32, STRING, STRINGS, TRANSLATED = 4, 6, 8, 9

WORD = re.compile(r"[^\s/:]+")
SOURCE = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")

_ENTRY = struct.Struct(">IIII")
Field = Sequence[str] | Sequence[int]


def records(header: bytes, path: str, limits: Limits) -> Iterator[Package | Owns]:
    """The package of one header and the files it owns; nothing for a key that signs packages.

    Raises Malformed or LimitExceeded.
    """
    if len(header) > limits.rpm_header_bytes:
        raise LimitExceeded("rpm_header_bytes", limits.rpm_header_bytes, where=path, found=len(header))
    fields = _fields(header, path)
    if _text(fields, NAME) == "gpg-pubkey":
        return
    name = _text(fields, NAME)
    yield package(
        path,
        name=name,
        version=f"{_text(fields, VERSION)}-{_text(fields, RELEASE)}",
        epoch=str(next(iter(fields.get(EPOCH, ())), "")),
        arch=_text(fields, ARCH),
        source_rpm=_text(fields, SOURCE_RPM),
        vendor=_text(fields, VENDOR),
        module=_text(fields, MODULE),
    )
    yield owns(name, _files(fields), where=path, size=len(header))


def package(
    path: str, *, name: str, version: str, epoch: str, arch: str, source_rpm: str, vendor: str, module: str = ""
) -> Package:
    """A package with the epoch before its version, unless that is 0, and before that of its source, which never says.

    Its origin is what its header calls the vendor, the distro's own too: that is for `assemble` to tell.
    Raises Malformed without name or version.
    """
    if not WORD.fullmatch(name) or not WORD.fullmatch(version) or version.startswith("-") or version.endswith("-"):
        raise Malformed(f"the package {name!r} has no name or version that can be read", where=path)
    prefix = f"{epoch}:" if epoch not in ("", "0") else ""
    found = SOURCE.fullmatch(source_rpm)
    source, source_version = found.groups() if found else ("", "")
    return Package(
        type="rpm",
        name=name,
        version=prefix + version,
        arch=arch,
        source=source if source != name else "",
        source_version=prefix + source_version if source_version not in ("", version) else "",
        module=":".join(module.split(":")[:2]),
        path=path,
        origin=vendor,
    )


def _fields(header: bytes, path: str) -> dict[int, Field]:
    if len(header) < 8:
        raise Malformed("a header of an rpm package is cut short", where=path)
    count, size = struct.unpack_from(">II", header)
    start = 8 + count * _ENTRY.size
    if start + size > len(header):
        raise Malformed("a header of an rpm package is cut short", where=path)
    fields: dict[int, Field] = {}
    for tag, kind, offset, number in _ENTRY.iter_unpack(header[8:start]):
        if tag in WANTED and tag not in fields:
            if offset > size or number > size:
                raise Malformed("a header of an rpm package points outside of itself", where=path)
            fields[tag] = _values(header, start + offset, kind, number)
    return fields


def _values(header: bytes, at: int, kind: int, count: int) -> Field:
    """What stands at an offset: numbers or strings, fewer where the header ends before; others are not needed."""
    if kind == INT_32:
        return struct.unpack_from(f">{min(count, (len(header) - at) // 4)}I", header, at)
    if kind not in (STRING, STRINGS, TRANSLATED):
        return ()
    if kind == STRING or count == 1:
        return (header[at : header.find(b"\0", at) % (len(header) + 1)].decode(errors="replace"),)
    return header[at:].decode(errors="replace").split("\0", count)[:count]


def _text(fields: dict[int, Field], tag: int) -> str:
    value = next(iter(fields.get(tag, ())), "")
    return value.strip() if isinstance(value, str) and value != "(none)" else ""


def _files(fields: dict[int, Field]) -> Iterator[str]:
    folders = fields.get(DIR_NAMES, ())
    for index, name in zip(fields.get(DIR_INDEXES, ()), fields.get(BASE_NAMES, ()), strict=False):
        if isinstance(index, int) and index < len(folders):
            yield f"{folders[index]}{name}".lstrip("/")
    for path in fields.get(OLD_FILE_NAMES, ()):
        yield str(path).lstrip("/")
