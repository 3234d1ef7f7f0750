"""Large programs and archives, of which little is looked at: in an anonymous temporary file instead of memory."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import BinaryIO, TypeAlias, cast

from seawall.errors import Unsupported
from seawall.safe.limits import MIB

FROM = 8 * MIB
"""Bytes from which on a content is better there: below, to write it costs more than to hold it."""

KINDS = (b"\x7fELF", b"MZ", b"PK\3\4")
"""The first bytes of what is read in parts: programs of Linux and Windows, and zip archives."""

_STEP = 8 * MIB

Piece: TypeAlias = bytes | memoryview
Write: TypeAlias = Callable[[Piece], object]


class Mapped(mmap.mmap):
    """Reads as `bytes` do in what readers of programs and archives ask: length, slices, `find` and `startswith`.

    Nobody else has the file, so that nobody can cut it short below the map.
    """

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0) -> bool:
        """As of bytes, for a prefix of at most 1 KiB."""
        return self[start : start + (1 << 10)].startswith(prefix)

    def find(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        """As of bytes, for `start` and `end` from 0 on; what was searched is not kept in memory."""
        end = len(self) if end is None else min(end, len(self))
        for begin in range(start, end, _STEP):
            at = super().find(sub, begin, min(end, begin + _STEP + len(sub) - 1))
            self.forget()
            if at >= 0:
                return at
        return -1

    def forget(self) -> None:
        """Give back the memory of what was looked at; it stays in the file."""
        with suppress(AttributeError, OSError):  # where the system has no such call
            self.madvise(mmap.MADV_DONTNEED)


def is_kind(head: bytes, size: int) -> bool:
    """Whether a content that begins so is better mapped than held."""
    return size >= FROM and head.startswith(KINDS)


def mapped(size: int, pour: Callable[[Write], object]) -> bytes:
    """What `pour` writes, `size` bytes, to be read as bytes are; in memory where no temporary file can be made.

    Raises Unsupported where there is no room for it.
    """
    from tempfile import TemporaryFile

    try:
        file = TemporaryFile()  # noqa: SIM115 - it is closed below
    except OSError:
        held = BytesIO()
        pour(held.write)
        return held.getvalue()

    def write(piece: Piece) -> None:
        try:
            file.write(piece)
            file.flush()
        except OSError as error:
            hint = "point TMPDIR at a folder with more room"
            raise Unsupported(f"there is no room for it in the temporary folder: {error.strerror}", hint=hint) from None

    with file:
        pour(write)
        return cast("bytes", Mapped(file.fileno(), size, access=mmap.ACCESS_READ))


def copied(file: BinaryIO, size: int) -> bytes:
    """The next `size` bytes of a file that others may change meanwhile; zeros stand for those that it has lost."""

    def pour(write: Write) -> None:
        left = size
        while left:
            piece = file.read(min(left, MIB)) or bytes(min(left, MIB))
            write(piece)
            left -= len(piece)

    return mapped(size, pour)
