"""Zip archives, bounded in members, sizes and ratio; nothing is ever written to disk, so names are only names.

The directory at the end is the truth, as it is for Java: members that it does not list are not there, and data before
the archive (a self-executing jar) does no harm. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from isal import isal_zlib

from seawall.errors import LimitExceeded, Malformed, Unsupported
from seawall.safe import files
from seawall.safe.limits import DEFAULT, MIB, Limits
from seawall.safe.mapped import FROM, Write, mapped

_ENTRY = struct.Struct("<8xHH4xLLLHHH8xL")
_HEADER = struct.Struct("<4s22xHH")
_END = struct.Struct("<4s4xHHLL2x")
_END_64 = struct.Struct("<4s20xQQQQ")
_LOCATOR_64 = struct.Struct("<4s4xQ4x")
_FULL = 0xFFFF_FFFF  # the value is too large for its field and stands in the zip64 extra
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF_8 = 0x2041, 0x800
_WINDOW = MIB // 4
_INFLATE_ERROR = cast("type[Exception]", isal_zlib.error)  # the stubs call it an instance
_RATIO_FREE = 256 * MIB  # small archives of zeros are common, and harmless

ReadAt = Callable[[int, int], bytes]
"""The bytes from one offset to another, fewer at the end."""


class _Member(msgspec.Struct, frozen=True, gc=False):
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    unpacked: int
    offset: int


class Zip:
    """An open archive, also as a context manager. Not for several threads at once.

    `names` in the order of the directory, folders left out. Of members with the same name the last one counts.
    """

    def __init__(self, data: bytes | Path, *, where: str, limits: Limits = DEFAULT) -> None:
        """Raises Unreadable, Malformed for what is no zip or is damaged, LimitExceeded for too many members."""
        self.where = where
        self._limits = limits
        self._unpacked = 0
        self._open = ExitStack()
        if not isinstance(data, Path):
            self._size = len(data)
            self._read_at: ReadAt = lambda start, end: data[start:end]
        else:
            file = self._open.enter_context(files.open_regular(data))
            self._size = file.seek(0, 2)
            self._read_at = _windowed(file, data)
        self._enough = min(limits.zip_total_bytes, max(_RATIO_FREE, limits.compression_ratio * self._size))
        with ExitStack() as on_error:
            on_error.callback(self.close)
            self._members = self._directory()
            on_error.pop_all()

    def __enter__(self) -> Zip:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def read(self, name: str, *, in_parts: bool = False) -> bytes:
        """One member, unpacked. Raises Malformed, Unsupported, LimitExceeded, or KeyError for a name not there.

        `in_parts`: a large one comes as `safe.mapped` says, as archives inside archives are read.
        """
        member = self._members[name]
        return self._unpack(member, in_parts=in_parts and member.unpacked >= FROM)

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Every member with its content, one at a time; raises as `read` does."""
        for member in self._members.values():
            yield member.name, self._unpack(member)

    def _unpack(self, member: _Member, *, in_parts: bool = False) -> bytes:
        self._count(member)
        if member.flags & _ENCRYPTED:
            raise Unsupported("it is encrypted", where=self._at(member), hint="unpack it with its password first")
        if member.method not in (_STORED, _DEFLATED):
            hint = "pack it again with the usual method (deflate)"
            raise Unsupported(f"compression method {member.method} is not read", where=self._at(member), hint=hint)
        data = member.offset + _HEADER.size
        mark, name, extra = _HEADER.unpack(self._read_at(member.offset, data).ljust(_HEADER.size))
        if mark != b"PK\3\4":
            raise Malformed("damaged: it is not where the directory says", where=self._at(member))
        start = data + name + extra
        if in_parts:
            return mapped(member.unpacked, lambda write: self._pour(member, start, write))
        content = self._read_at(start, start + member.packed)
        if member.method == _DEFLATED:
            try:
                content = isal_zlib.decompressobj(-15).decompress(content, member.unpacked + 1)
            except _INFLATE_ERROR as error:
                raise Malformed(f"damaged: {error}", where=self._at(member)) from None
        if len(content) != member.unpacked or isal_zlib.crc32(content) != member.crc:
            raise Malformed("damaged: its length or checksum is wrong", where=self._at(member))
        return content

    def _pour(self, member: _Member, start: int, write: Write) -> None:
        """The content of a large member, a piece at a time."""
        crc, left, inflater = 0, member.unpacked, isal_zlib.decompressobj(-15)
        for at in range(start, start + member.packed, _WINDOW):
            piece = self._read_at(at, min(at + _WINDOW, start + member.packed))
            if member.method == _DEFLATED:
                try:
                    piece = inflater.decompress(piece, left + 1)
                except _INFLATE_ERROR as error:
                    raise Malformed(f"damaged: {error}", where=self._at(member)) from None
            left -= len(piece)
            if left < 0:
                break
            crc = isal_zlib.crc32(piece, crc)
            write(piece)
        if left or crc != member.crc:
            raise Malformed("damaged: its length or checksum is wrong", where=self._at(member))

    def _count(self, member: _Member) -> None:
        """Hold the bounds against what the member claims to unpack to; `_unpack` holds the member to its claim."""
        bound = self._limits.zip_entry_bytes
        if member.unpacked > bound:
            raise LimitExceeded("zip_entry_bytes", bound, where=self._at(member), found=member.unpacked)
        self._unpacked += member.unpacked
        if self._unpacked > self._enough:
            self._hold("zip_total_bytes", self._unpacked)
            self._hold("compression_ratio", -(-self._unpacked // self._size))

    def _directory(self) -> dict[str, _Member]:
        """The members by name, after a check that each has its own place before the directory."""
        count, start, end, shift = self._end()
        self._hold("zip_entries", count)
        self._hold("zip_entry_bytes", end - start)
        directory = self._read_at(start, end)
        members: dict[str, _Member] = {}
        extents: list[tuple[int, int]] = []
        position = 0
        for _ in range(count):
            begin = position + _ENTRY.size
            if begin > len(directory) or not directory.startswith(b"PK\1\2", position):
                raise self._damaged("its directory breaks off")
            flags, method, crc, packed, size, name, extra, comment, offset = _ENTRY.unpack_from(directory, position)
            position = begin + name + extra + comment
            raw = directory[begin : begin + name]
            if _FULL in (size, packed, offset):
                size, packed, offset = self._large(directory[begin + name : position], (size, packed, offset))
            offset += shift
            extents.append((offset, offset + _HEADER.size + name + packed))
            if not raw.endswith(b"/"):
                text = raw.decode() if raw.isascii() else _decoded(raw, flags)
                members[text] = _Member(text, flags, method, crc, packed, size, offset)
        if position != len(directory):
            raise self._damaged("its directory does not end where it should")
        extents.sort()
        for (_, before), (after, _) in pairwise([*extents, (start, end)]):
            if before > after:
                raise self._damaged("its members overlap")
        return members

    def _large(self, extra: bytes, fields: tuple[int, ...]) -> list[int]:
        """The fields; those that are full, from the zip64 extra, which holds them in this order."""
        while len(extra) >= 4:
            kind, length = struct.unpack_from("<HH", extra)
            if kind == 1:
                values = [value for (value,) in struct.iter_unpack("<Q", extra[4 : 4 + length // 8 * 8])]
                if len(values) >= fields.count(_FULL):
                    return [values.pop(0) if field == _FULL else field for field in fields]
            extra = extra[4 + length :]
        raise self._damaged("a zip64 field is missing")

    def _end(self) -> tuple[int, int, int, int]:
        """Count of members, where the directory begins and ends, and how far data before the archive shifts it all."""
        tail_start = max(0, self._size - _END.size - 0xFFFF)
        tail = self._read_at(tail_start, self._size)
        found = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
        if found < 0:
            hint = "if it was downloaded, download it again"
            raise Malformed("no zip archive, or one that is cut short", where=self.where, hint=hint)
        _, disk_count, count, size, offset = _END.unpack_from(tail, found)
        end = tail_start + found
        locator = self._read_at(max(0, end - _LOCATOR_64.size), end)
        if locator.startswith(b"PK\6\7"):
            end -= _LOCATOR_64.size + _END_64.size
            record = self._read_at(max(0, end), end + _END_64.size)
            if not record.startswith(b"PK\6\6"):
                raise self._damaged("its zip64 directory is not where it should be")
            _, disk_count, count, size, offset = _END_64.unpack(record)
        start = end - size
        if start < offset:
            raise self._damaged("its directory is not where it should be")
        if disk_count != count:
            raise Unsupported("an archive in several parts is not read", where=self.where, hint="join the parts first")
        return count, start, end, start - offset

    def _hold(self, limit: str, found: int) -> None:
        bound: int = getattr(self._limits, limit)
        if found > bound:
            raise LimitExceeded(limit, bound, where=self.where, found=found)

    def _at(self, member: _Member) -> str:
        return f"{self.where}!/{member.name}"

    def _damaged(self, what: str) -> Malformed:
        return Malformed(f"a damaged zip archive: {what}", where=self.where)


def _decoded(name: bytes, flags: int) -> str:
    """The name as text; bytes that are not the UTF-8 they claim to be become escapes, so that names stay apart."""
    return name.decode("utf-8", "backslashreplace") if flags & _UTF_8 else name.decode("cp437")


def _windowed(file: BinaryIO, path: Path) -> ReadAt:
    """Reads of a file through a window, so that neighbours cost one read; never a memory map, which kills the process
    when the file is cut short by another."""
    window, begin = b"", 0

    def read_at(start: int, end: int) -> bytes:
        nonlocal window, begin
        if start < begin or end > begin + len(window):
            try:
                file.seek(start)
                window, begin = file.read(max(end - start, _WINDOW)), start
            except OSError as error:
                raise files.unreadable(path, error) from None
        return window[start - begin : end - begin]

    return read_at
