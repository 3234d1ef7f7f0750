"""Compressed streams, recognised by their first bytes and bounded in size and ratio: gzip, zstd, or as they are.

Both formats may hold many members (eStargz, `pigz -i`, zstd:chunked); both decompressors stop after the first.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from seawall.errors import LimitExceeded, Malformed, Unsupported
from seawall.safe.limits import DEFAULT, KIB, MIB, Limits

CHUNK = 256 * KIB
"""Both decompressors are fastest with this much in and out at a time (measured: 1 MiB costs 8 %, 4 MiB 25 %)."""

RATIO_FREE = 256 * MIB

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"
_XZ = b"\xfd7zXZ\x00"
_XZ_MEMORY = 128 * MIB  # `xz -9` needs 65 MiB
_REFUSED = {b"BZh": "bzip2", _XZ: "xz", b"LZIP": "lzip"}


class Raw(Protocol):
    """What a stream is made of: a binary file, or anything that reads like one. `read` gives b"" only at the end."""

    def read(self, n: int, /) -> bytes: ...
    def seekable(self) -> bool: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class Stream:
    """Bytes as they are. `chunk` is the size of read that suits it, in bytes: a small one where skipping is a seek."""

    kind = "plain"
    chunk = CHUNK

    def __init__(self, raw: Raw, head: bytes, *, where: str, limits: Limits) -> None:
        self._raw, self._head, self._where, self._limits = raw, head, where, limits
        self.given = 0
        self._end = 0
        if self.kind == "plain" and raw.seekable():
            here = raw.tell()
            self._end = raw.seek(0, 2)
            raw.seek(here)
            self.chunk = 64 * KIB

    def read(self, n: int) -> bytes:
        """At least one byte and at most `n`, b"" only at the end. Raises Malformed or LimitExceeded."""
        data = self._head or self._raw.read(n)
        self._head = data[n:]
        return self._count(data[:n] if self._head else data)

    def skip(self, n: int) -> int:
        """Go `n` bytes on; returns how many there were. A file is not read for it, anything else is."""
        left = n
        while left and (self._head or not self._end):
            data = self.read(min(left, CHUNK))
            if not data:
                return n - left
            left -= len(data)
        if left:
            here = self._raw.tell()
            left -= self._raw.seek(min(here + left, max(here, self._end))) - here
        return n - left

    def _count(self, data: bytes) -> bytes:
        self.given += len(data)
        if self.given > self._limits.layer_bytes:
            raise LimitExceeded("layer_bytes", self._limits.layer_bytes, where=self._where)
        return data


class _Inflated(Stream):
    """A stream of gzip members or zstd frames; their decompressors share one interface."""

    def __init__(self, raw: Raw, head: bytes, *, kind: str, where: str, limits: Limits) -> None:
        self.kind = kind
        super().__init__(raw, head, where=where, limits=limits)
        self._new, self._failure = _decompressor(kind)
        self._member: Any = self._new()
        self._begun = False
        self._taken = len(head)

    def read(self, n: int) -> bytes:
        while True:
            if self._member.eof:
                self._head = self._member.unused_data
                self._member, self._begun = self._new(), False
            if self._member.needs_input and not self._feedable():
                return b""
            packed, self._head = self._head, b""
            try:
                data: bytes = self._member.decompress(packed, n)
            except self._failure as error:
                raise Malformed(f"damaged {self.kind} data: {error}{self._progress()}", where=self._where) from None
            self._begun = True
            if data:
                return self._count(data)

    def _feedable(self) -> bool:
        """Have packed bytes at hand. False at a proper end; raises Malformed where a member is cut short."""
        while True:
            if not self._begun and self.kind == "gzip":
                self._head = self._head.lstrip(b"\0")  # zero padding between and after members is allowed
            if self._head:
                return True
            self._head = self._raw.read(CHUNK)
            self._taken += len(self._head)
            if not self._head:
                if self._begun:
                    raise Malformed(f"the {self.kind} data is cut short{self._progress()}", where=self._where)
                return False

    def _count(self, data: bytes) -> bytes:
        super()._count(data)
        ratio = self._limits.compression_ratio
        if self.given > max(RATIO_FREE, ratio * self._taken):
            raise LimitExceeded("compression_ratio", ratio, where=self._where, found=self.given // self._taken)
        return data

    def _progress(self) -> str:
        return f" ({self._taken:,} bytes read, {self.given:,} unpacked)"


def inflate(data: bytes, *, where: str, limits: Limits = DEFAULT) -> bytes:
    """A list of packages that zlib packed, whole. Raises Malformed, or LimitExceeded past `text_bytes`."""
    from isal import isal_zlib

    damaged: Any = isal_zlib.error
    member = isal_zlib.decompressobj()
    try:
        unpacked: bytes = member.decompress(data, limits.text_bytes + 1)
    except damaged as error:
        raise Malformed(f"damaged zlib data: {error}", where=where) from None
    if len(unpacked) > limits.text_bytes:
        raise LimitExceeded("text_bytes", limits.text_bytes, where=where)
    if not member.eof:
        raise Malformed("the zlib data is cut short", where=where)
    return unpacked


def unpack(data: bytes, *, where: str, limits: Limits = DEFAULT, limit: str = "index_bytes") -> bytes:
    """All of `data`, unpacked from gzip, zstd or xz, or as it is; `limit` names the bound of `Limits` for it.

    Raises Malformed, LimitExceeded, or Unsupported for other packings and where this Python cannot read xz.
    """
    bound: int = getattr(limits, limit)
    xz = data.startswith(_XZ)
    pieces = _xz_pieces(data, where) if xz else _pieces(open_stream(io.BytesIO(data), where=where, limits=limits))
    unpacked = bytearray()
    for piece in pieces:
        unpacked += piece
        if len(unpacked) > bound:
            raise LimitExceeded(limit, bound, where=where)
    return bytes(unpacked)


def gzip_members(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Iterator[tuple[bytes, bytes]]:
    """Each member of a gzip stream, packed and unpacked. Raises Malformed, or LimitExceeded past `package_bytes`."""
    new, damaged = _decompressor("gzip")
    room = limits.package_bytes
    while data:
        member = new()
        try:
            unpacked: bytes = member.decompress(data, room + 1)
        except damaged as error:
            raise Malformed(f"damaged gzip data: {error}", where=where) from None
        room -= len(unpacked)
        if room < 0:
            raise LimitExceeded("package_bytes", limits.package_bytes, where=where)
        if not member.eof:
            raise Malformed("the gzip data is cut short", where=where)
        left: bytes = member.unused_data
        yield data[: len(data) - len(left)], unpacked
        data = left


def _pieces(stream: Stream) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _xz_pieces(data: bytes, where: str) -> Iterator[bytes]:
    try:
        import lzma
    except ImportError:
        hint = "use a Python that was built with xz (liblzma)"
        raise Unsupported("this Python cannot read xz", where=where, hint=hint) from None
    while data:
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        try:
            while not stream.eof:
                piece = stream.decompress(data, CHUNK)
                data = b""
                if not piece and stream.needs_input and not stream.eof:
                    raise Malformed("the xz data is cut short", where=where)
                yield piece
        except lzma.LZMAError as error:
            raise Malformed(f"damaged xz data: {error}", where=where) from None
        data = stream.unused_data.lstrip(b"\0")


def open_stream(raw: Raw, *, where: str, limits: Limits = DEFAULT) -> Stream:
    """The unpacked bytes of `raw`, from where it stands. Raises Unsupported for a packing that is not read here."""
    head = raw.read(CHUNK)
    while 0 < len(head) < 6 and (more := raw.read(CHUNK)):
        head += more
    for magic, name in _REFUSED.items():
        if head.startswith(magic):
            raise Unsupported(f"{name} is not read here", where=where, hint="repack it with gzip or zstd")
    if head.startswith(_GZIP):
        return _Inflated(raw, head, kind="gzip", where=where, limits=limits)
    if head.startswith(_ZSTD) or (head[1:4] == _ZSTD_SKIPPABLE and head[0] & 0xF0 == 0x50):
        return _Inflated(raw, head, kind="zstd", where=where, limits=limits)
    return Stream(raw, head, where=where, limits=limits)


def _decompressor(kind: str) -> tuple[Callable[[], Any], type[Exception]]:
    """How to make one for the next member, and what it raises for damaged data."""
    if kind == "gzip":
        from isal import igzip_lib

        damaged: Any = igzip_lib.IsalError
        return lambda: igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP), damaged
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdDecompressor, zstd.ZstdError
