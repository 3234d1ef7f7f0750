"""What Rust programs built with cargo-auditable say they were built from."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import Example, cataloger, document
from seawall.model import Package
from seawall.safe.compression import inflate
from seawall.safe.executable import ELF, PE, parse
from seawall.safe.limits import DEFAULT, Limits

SECTION = ".dep-v0"

LISTED = (
    b"x\xdau\xce;\n\xc30\x0c\x80\xe1\xbbh6&\t\x9d|\x95\x92\xc1\x95E\x11q-\xe3G\x97\xe0\xbbW\xe9P\xd2B'\xa1\x1f\xf1\xa1"
    b"\x1d\xb2\xc7\xcd\xdf\xa9\x82\xbb\xee\x90\xfc\x83\xc0\x81\xcf\x19\x0c<\xa9T\x96\xa4\xfbdg;i\xa9\xd2\x0b\x1e\x07Q"
    b"\xd0G\r\x812\xa5@\t\xf9\r\xccfY\r\x14\x91\x06\xae\x95N\xc3|H\xc4/Q=\xbb\x9cE,\xbeQ\xb5,\x1a7NA\xd3\xads\x0cp2\x1a"
    b"\xeb\xf8\xfd\xeb\xf2\x87\x19\xebx\x01GUE\xaa"
)
"""app 0.1.0, which is built with cc 1.0.2 and holds time 0.1.42."""


def _example() -> bytes:
    """A program of nothing but the section."""
    names, data = b"\0.dep-v0\0.names\0", 64 + len(LISTED)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", ELF + b"\2\1\1", 2, 62, 1, 0, 0, data + len(names), 0, 64, 56, 0, 64, 3, 2
    )
    entry = struct.Struct("<II16xQQ24x")
    table = ((0, 0, 0, 0), (1, 1, 64, len(LISTED)), (9, 3, data, len(names)))
    return header + LISTED + names + b"".join(entry.pack(*each) for each in table)


AUDITABLE = Example(
    path="usr/bin/app",
    content=_example(),
    finds=(
        Package(type="cargo", name="app", version="0.1.0", path="usr/bin/app"),
        Package(type="cargo", name="time", version="0.1.42", path="usr/bin/app"),
    ),
)


class _Crate(msgspec.Struct, frozen=True):
    name: str
    version: str
    kind: str = "runtime"


class _Audit(msgspec.Struct, frozen=True):
    packages: tuple[_Crate, ...]


@cataloger(examples=[AUDITABLE], bounded=True, magic=(ELF, PE))
def rust(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The section that cargo-auditable adds: a list of crates as compressed JSON. What only the build used is left out.

    Most Rust programs are built without it, and nothing tells then what they hold; shared libraries are not looked at.
    https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md
    """
    section = parse(content).section(SECTION)
    if section is None:
        return
    listed = inflate(content[slice(*section)], where=path, limits=limits)
    for crate in document(path, listed, _Audit, limits).packages:
        if crate.kind != "build" and crate.name and crate.version:
            yield Package(type="cargo", name=crate.name, version=crate.version, path=path)
