"""Bytes written out: packed streams, and tar archives of one's own or with entries of another one left out.

What is written depends on nothing but what is put in: no clock, no names of users, entries in the order given.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal, Protocol

import msgspec

from seawall.errors import Malformed
from seawall.safe import tar
from seawall.safe.compression import CHUNK, open_stream
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.names import normalise
from seawall.safe.window import BLOCK

Packing = Literal["plain", "gzip-fast", "gzip", "zstd"]
SPECIAL = 0o6000
"""The bits setuid and setgid of a mode."""


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object: ...


class Packer:
    """Packs what is written to it and hands it on; `packed` and `plain` are the sha256 of both sides.

    `gzip-fast` is isal's (twice the speed of reading a disk, some 10 % larger); `gzip` is zlib's at its usual level.
    """

    def __init__(self, sink: Sink, packing: Packing) -> None:
        self._sink, self._member = sink, _compressor(packing)
        self.packed, self.plain = hashlib.sha256(), hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self.plain.update(data)
        self._out(self._member.compress(data) if self._member else data)

    def close(self) -> None:
        if self._member:
            self._out(self._member.flush())

    def _out(self, data: bytes) -> None:
        self.packed.update(data)
        self.size += len(data)
        self._sink.write(data)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to write. `content` is a file's; `link` the target of a link; `attributes` are extended ones, raw."""

    name: str
    kind: Literal["file", "dir", "symlink", "hardlink"] = "file"
    content: bytes = b""
    link: str = ""
    mode: int = 0o644
    owner: tuple[int, int] = (0, 0)
    modified: int = 0
    attributes: Mapping[str, bytes] = {}


def write_tar(entries: Iterable[Entry], sink: Sink) -> None:
    """A tar archive of these entries, in this order (POSIX pax where a plain header does not hold them)."""
    for entry in entries:
        records = {f"SCHILY.xattr.{name}".encode(): value for name, value in sorted(entry.attributes.items())}
        sink.write(_header(entry, records))
        sink.write(entry.content + bytes(-len(entry.content) % BLOCK))
    sink.write(bytes(2 * BLOCK))


def _header(entry: Entry, records: dict[bytes, bytes]) -> bytes:
    import tarfile

    kinds = {"file": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE}
    info = tarfile.TarInfo("entry")
    info.type, info.mode, info.size, info.mtime = kinds[entry.kind], entry.mode, len(entry.content), entry.modified
    info.uid, info.gid = entry.owner
    header = info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
    if entry.kind == "dir":
        entry = msgspec.structs.replace(entry, name=entry.name.rstrip("/") + "/")
    return _renamed(header[-BLOCK:], records, entry.name, entry.link)


def without(
    file: IO[bytes],
    sink: Sink,
    removed: Callable[[str], bool],
    *,
    plain: Callable[[str], bool] = lambda _: False,
    where: str,
    limits: Limits = DEFAULT,
) -> None:
    """The plain tar archive in `file` without the entries whose normalised name is `removed`; files whose name is
    `plain` lose their setuid and setgid bits.

    All other entries are copied byte for byte, headers included. Where a hard link stays and the file that it names
    does not, the first such link becomes the file. Raises Malformed, LimitExceeded.
    """
    file.seek(0)
    moved: dict[str, _Place] = {}
    heirs: dict[str, str] = {}
    for place in _places(file, where, limits):
        if removed(place.name):
            if place.kind == "file":
                moved[place.name] = place
            elif place.kind == "hardlink" and place.link in moved:
                moved[place.name] = moved[place.link]
            continue
        lost = place.link if place.kind == "hardlink" and place.link in moved else ""
        if not lost:
            moved.pop(place.name, None)
            if place.kind == "file" and plain(place.name):
                sink.write(_made_plain(_at(file, place.start, place.offset)))
                place = msgspec.structs.replace(place, start=place.offset)
            _copy(file, sink, place.start, place.end)
            continue
        origin = moved[lost]
        if heir := heirs.get(origin.name):
            sink.write(_relinked(_at(file, place.start, place.offset), "", heir))
            continue
        heirs[origin.name] = place.name
        sink.write(_relinked(_at(file, origin.start, origin.offset), place.name, ""))
        _copy(file, sink, origin.offset, origin.end)
    sink.write(bytes(2 * BLOCK))


class _Place(msgspec.Struct, frozen=True):
    """An entry and where it lies: its headers from `start`, its content from `offset`, the next entry at `end`."""

    name: str
    kind: str
    link: str
    start: int
    offset: int
    end: int


def _places(file: IO[bytes], where: str, limits: Limits) -> Iterator[_Place]:
    """Two files are opened as one: the walk reads ahead of what is copied."""
    start = 0
    view = _View(file)
    for member in tar.walk(open_stream(view, where=where, limits=limits), where=where, limits=limits):
        end = member.offset + (member.size + BLOCK - 1) // BLOCK * BLOCK
        link = normalise(member.link) if member.kind == "hardlink" else ""
        yield _Place(member.name, member.kind, link, start, member.offset, end)
        start = end


class _View:
    """A file read from a place of its own, so that another reader may move in it meanwhile."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, 0

    def read(self, n: int, /) -> bytes:
        data = _at(self._file, self._at, self._at + n, short=True)
        self._at += len(data)
        return data

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        base = self._file.seek(0, 2) if whence == 2 else self._at if whence == 1 else 0
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at


def _at(file: IO[bytes], start: int, end: int, *, short: bool = False) -> bytes:
    file.seek(start)
    data = file.read(end - start)
    if len(data) < end - start and not short:
        raise Malformed("the archive is cut short", where=str(file.name))
    return data


def _copy(file: IO[bytes], sink: Sink, start: int, end: int) -> None:
    while start < end:
        piece = _at(file, start, min(start + CHUNK, end), short=True)
        sink.write(piece or bytes(min(CHUNK, end - start)))  # the last padding may be missing
        start += len(piece) or CHUNK


def _relinked(headers: bytes, name: str, link: str) -> bytes:
    """An entry's headers with another name or link target, all else as it was."""
    records: dict[bytes, bytes] = {}
    at = 0
    while headers[at + 156 : at + 157] in (b"x", b"g", b"L", b"K", b"X"):
        size = int(headers[at + 124 : at + 135].strip(b" \0") or b"0", 8)
        content = headers[at + BLOCK : at + BLOCK + size]
        if headers[at + 156 : at + 157] in (b"x", b"X"):
            records |= _records(content)
        elif headers[at + 156 : at + 157] in (b"L", b"K"):
            key = b"path" if headers[at + 156 : at + 157] == b"L" else b"linkpath"
            records[key] = content.partition(b"\0")[0]
        at += BLOCK + (size + BLOCK - 1) // BLOCK * BLOCK
    header = headers[at : at + BLOCK]
    old = header[:100].partition(b"\0")[0]
    if header[257:263] == b"ustar\0" and header[345]:
        old = header[345:500].partition(b"\0")[0] + b"/" + old
    old_link = records.pop(b"linkpath", header[157:257].partition(b"\0")[0])
    raw = records.pop(b"path", old).decode("utf-8", "surrogateescape")
    target = link or old_link.decode("utf-8", "surrogateescape")
    return _renamed(header, records, name or raw, target) + headers[at + BLOCK :]


def _renamed(header: bytes, records: dict[bytes, bytes], name: str, link: str) -> bytes:
    """A header block with this name and link, long ones in a pax header before it."""
    fields = []
    for key, text in ((b"path", name), (b"linkpath", link)):
        raw = text.encode("utf-8", "surrogateescape")
        if len(raw) > 100:
            records = {**records, key: raw}
        fields.append(raw[:100].ljust(100, b"\0"))
    prefix = bytes(155) if header[257:263] == b"ustar\0" else header[345:500]
    header = fields[0] + header[100:157] + fields[1] + header[257:345] + prefix + header[500:]
    extended = b"".join(_record(key, value) for key, value in sorted(records.items()))
    if not extended:
        return _summed(header)
    before = b"pax".ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % len(extended) + b"0" * 11 + b"\0"
    before = before.ljust(156, b" ") + b"x" + bytes(100) + b"ustar\x0000"
    return _summed(before.ljust(BLOCK, b"\0")) + extended + bytes(-len(extended) % BLOCK) + _summed(header)


def _made_plain(headers: bytes) -> bytes:
    """An entry's headers without setuid and setgid in the last block, which has the mode (base 256 is for no mode)."""
    header = headers[-BLOCK:]
    mode = int(header[100:108].strip(b" \0") or b"0", 8) & ~SPECIAL
    return headers[:-BLOCK] + _summed(header[:100] + b"%07o\0" % mode + header[108:])


def _summed(header: bytes) -> bytes:
    total = sum(header[:148]) + 8 * 32 + sum(header[156:])
    return header[:148] + b"%06o\0 " % total + header[156:]


def _record(key: bytes, value: bytes) -> bytes:
    body = b" " + key + b"=" + value + b"\n"
    size = len(body) + len(str(len(body)))
    return b"%d" % (len(body) + len(str(size))) + body


def _records(content: bytes) -> dict[bytes, bytes]:
    """The records of a pax header that the walk has found sound."""
    records, at = dict[bytes, bytes](), 0
    while at < len(content) and content[at]:
        digits = content[at : at + 20].partition(b" ")[0]
        end = at + int(digits)
        key, _, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
        records[key], at = value, end
    return records


def _compressor(packing: Packing) -> Any:
    if packing == "plain":
        return None
    if packing == "gzip-fast":
        from isal import isal_zlib

        return isal_zlib.compressobj(2, wbits=31)
    if packing == "gzip":
        import zlib

        return zlib.compressobj(6, wbits=31)
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdCompressor(level=3)


def write_archive(folder: Path, out: Path) -> None:
    """The files of a folder as a tar archive, sorted, with nothing in it that tells of this machine."""
    import tarfile

    with out.open("xb") as sink, tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            info = tarfile.TarInfo(str(path.relative_to(folder)))
            if path.is_dir():
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(info)
            else:
                info.size = path.stat().st_size
                with path.open("rb") as file:
                    archive.addfile(info, file)
