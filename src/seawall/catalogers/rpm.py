"""Packages of Azure Linux, Red Hat, SUSE and all others that use rpm."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, Owns, Record, cataloger, text, unreadable
from seawall.catalogers.rpm_containers import berkeley, is_berkeley, ndb
from seawall.catalogers.rpm_header import package, records
from seawall.errors import LimitExceeded, Malformed
from seawall.model import NotAssessed, Package
from seawall.safe import sqlite
from seawall.safe.limits import DEFAULT, Limits

WAL_HEADER = 32
SQLITE, NDB = b"SQLite format 3\0", b"RpmP"

MANIFEST = Example(
    path="var/lib/rpmmanifest/container-manifest-2",
    content=b"filesystem\t1.1-9.cm2\t1653816591\t1653628924\tMicrosoft Corporation\t(none)\t7596\tx86_64\t0\t"
    b"filesystem-1.1-9.cm2.src.rpm\n"
    b"openssl-libs\t1.1.1k-15.cm2\t1653816591\t1653631609\tMicrosoft Corporation\t(none)\t4365048\tx86_64\t0\t"
    b"openssl-1.1.1k-15.cm2.src.rpm\n"
    b"vim\t9.0-1.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t2\t45000\tx86_64\t2\tvim-9.0-1.cm2.src.rpm\n"
    b"cut-short\t1.0\n",
    finds=(
        Package(
            type="rpm",
            name="filesystem",
            version="1.1-9.cm2",
            arch="x86_64",
            path="var/lib/rpmmanifest/container-manifest-2",
            origin="Microsoft Corporation",
        ),
        Package(
            type="rpm",
            name="openssl-libs",
            version="1.1.1k-15.cm2",
            arch="x86_64",
            source="openssl",
            path="var/lib/rpmmanifest/container-manifest-2",
            origin="Microsoft Corporation",
        ),
        Package(
            type="rpm",
            name="vim",
            version="2:9.0-1.cm2",
            arch="x86_64",
            path="var/lib/rpmmanifest/container-manifest-2",
            origin="Microsoft Corporation",
        ),
        NotAssessed(
            what="a package of this list",
            where="var/lib/rpmmanifest/container-manifest-2",
            why="line 4 has 2 columns, not ten",
        ),
    ),
)


def _example() -> bytes:
    """An ndb database with the one package bash-5.2-1, which owns usr/bin/tool.jar."""
    fields = [(1000, 6, 1, b"bash\0"), (1001, 6, 1, b"5.2\0"), (1002, 6, 1, b"1.azl3\0"), (1022, 6, 1, b"x86_64\0")]
    fields += [(1116, 4, 1, bytes(4)), (1117, 8, 1, b"tool.jar\0"), (1118, 8, 1, b"/usr/bin/\0")]
    entries = data = b""
    for tag, kind, count, value in fields:
        data += bytes(-len(data) % 4) if kind == 4 else b""
        entries += struct.pack(">IIII", tag, kind, len(data), count)
        data += value
    header = struct.pack(">II", len(fields), len(data)) + entries + data
    slots = struct.pack("<4sIII16x", NDB, 0, 1, 1) + struct.pack("<4sIII", b"Slot", 1, 256, 1)
    return slots.ljust(4096, b"\0") + struct.pack("<4sIII", b"BlbS", 1, 1, len(header)) + header


DATABASE = Example(
    path="usr/lib/sysimage/rpm/Packages.db",
    content=_example(),
    finds=(
        Package(type="rpm", name="bash", version="5.2-1.azl3", arch="x86_64", path="usr/lib/sysimage/rpm/Packages.db"),
        Owns(package="bash", paths=("usr/bin/tool.jar",)),
    ),
)
LOG = Example(
    path="var/lib/rpm/rpmdb.sqlite-wal",
    content=bytes(WAL_HEADER + 1),
    finds=(
        NotAssessed(
            what="the newest changes of rpm packages",
            where="var/lib/rpm/rpmdb.sqlite-wal",
            why="this log beside the database was not empty when the image was made, and is not read",
        ),
    ),
)


@cataloger(
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/rpmdb.sqlite-wal",
    "usr/lib/sysimage/rpm/Packages",
    "usr/lib/sysimage/rpm/Packages.db",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
    "usr/share/rpm/rpmdb.sqlite",
    "var/lib/rpmmanifest/container-manifest-2",
    examples=[MANIFEST, DATABASE, LOG],
    bounded=True,
)
def rpm(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """rpm's database in its three formats, and the list that Azure Linux leaves in its distroless images.

    A header that cannot be read is told, and the others count. `rpmdb.sqlite-wal` is what SQLite has not moved into
    the database yet: nothing in a sound image. The keys that sign packages are no packages.
    """
    if path.endswith("manifest-2"):
        yield from _manifest(path, content, limits)
    elif path.endswith("-wal"):
        if len(content) > WAL_HEADER:
            why = "this log beside the database was not empty when the image was made, and is not read"
            yield NotAssessed(what="the newest changes of rpm packages", where=path, why=why)
    else:
        yield from _database(path, content, limits)


def _database(path: str, content: bytes, limits: Limits) -> Iterator[Record]:
    left = len(content)
    for header in _headers(path, content, limits):
        if not isinstance(header, bytes):
            raise Malformed("a row of this database is no header of a package", where=path)
        left -= len(header)
        if left < 0:
            raise Malformed("the packages of this database are larger than the database", where=path)
        try:
            yield from records(header, path, limits)
        except (Malformed, LimitExceeded) as error:
            yield unreadable(path, error)


def _headers(path: str, content: bytes, limits: Limits) -> Iterator[object]:
    if content.startswith(SQLITE):
        return sqlite.column(content, "Packages", "blob", where=path, limits=limits)
    if content.startswith(NDB):
        return ndb(content, path)
    if is_berkeley(content):
        return berkeley(content, path)
    raise Malformed("this is no rpm database", where=path)


def _manifest(path: str, content: bytes, limits: Limits) -> Iterator[Record]:
    """One package a line: name, version-release, when installed, when built, vendor, epoch, size, architecture,
    the epoch as a number, source rpm."""
    for number, line in enumerate(text(path, content, limits).splitlines(), 1):
        columns = line.split("\t")
        if len(columns) != 10:
            if line:
                why = f"line {number} has {len(columns)} columns, not ten"
                yield NotAssessed(what="a package of this list", where=path, why=why)
            continue
        name, version, _installed, _built, vendor, epoch, _size, arch, _epoch_number, source_rpm = columns
        try:
            yield package(
                path,
                name=name,
                version=version,
                epoch="" if epoch == "(none)" else epoch,
                arch=arch,
                source_rpm=source_rpm,
                vendor="" if vendor == "(none)" else vendor,
            )
        except Malformed as error:
            yield unreadable(path, error)
