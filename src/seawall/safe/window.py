"""A stream of 512-byte blocks, seen a piece at a time, without copying what is only gone past."""

from __future__ import annotations

from io import BytesIO
from typing import Protocol

from seawall.errors import Malformed
from seawall.safe.limits import MIB, Limits
from seawall.safe.mapped import Write

BLOCK = 512
LARGE = MIB
"""Bytes from which on a content is gathered by itself."""


class Readable(Protocol):
    """Where an archive comes from; `seawall.safe.compression.open_stream` gives one."""

    @property
    def chunk(self) -> int: ...
    def read(self, n: int, /) -> bytes: ...
    def skip(self, n: int, /) -> int: ...


class Window:
    """A piece of the stream at a time: `data`, of which `at` is next; `base` is the stream's offset of its start."""

    def __init__(self, stream: Readable, where: str, limits: Limits) -> None:
        self.where, self.limits = where, limits
        self._stream = stream
        self.data, self.at, self.base = b"", 0, 0

    @property
    def position(self) -> int:
        return self.base + self.at

    def refill(self) -> bytes:
        """The header that `at` has just gone past and that the data does not hold whole; b"" at the stream's end."""
        self.at -= BLOCK
        self._fill(BLOCK)
        block = self.data[:BLOCK]
        if len(block) == BLOCK:
            self.at = BLOCK
        elif block.strip(b"\0"):
            raise self._short(BLOCK - len(block))
        return block if self.at else b""

    def take(self, n: int) -> bytes:
        """The next `n` bytes."""
        if self.at + n > len(self.data):
            if n > LARGE:
                return self._gather(n)
            self._fill(n)
            if n > len(self.data):
                raise self._short(n - len(self.data))
        self.at += n
        return self.data[self.at - n : self.at]

    def pour(self, n: int, write: Write) -> None:
        """Hand on the next `n` bytes, a piece at a time."""
        while n:
            if self.at == len(self.data):
                self.base += self.at
                self.data, self.at = self._stream.read(self._stream.chunk), 0
                if not self.data:
                    raise self._short(n)
            piece = memoryview(self.data)[self.at : self.at + n]
            write(piece)
            self.at += len(piece)
            n -= len(piece)

    def catch_up(self) -> None:
        """Skip in the stream what `at` has gone past the data."""
        beyond = self.at - len(self.data)
        skipped = self._stream.skip(beyond)
        self.base += len(self.data) + skipped
        self.data, self.at = b"", 0
        if skipped < beyond:
            raise self._short(beyond - skipped)

    def malformed(self, what: str, back: int = 0) -> Malformed:
        hint = "the archive is damaged, or is no tar archive"
        return Malformed(f"{what} (at byte {self.position - back:,})", where=self.where, hint=hint)

    def _fill(self, n: int) -> None:
        """Have `n` bytes at the front of the window, fewer only at the end of the stream."""
        pieces, have = [self.data[self.at :]], len(self.data) - self.at
        while have < n and (piece := self._stream.read(self._stream.chunk)):
            pieces.append(piece)
            have += len(piece)
        self.base += self.at
        self.data, self.at = pieces[1] if len(pieces) == 2 and not pieces[0] else b"".join(pieces), 0

    def _gather(self, n: int) -> bytes:
        """The next `n` bytes, held once: the buffer grows in place, and is handed out without a copy."""
        gathered = BytesIO()
        self.pour(n, gathered.write)
        return gathered.getvalue()

    def _short(self, missing: int) -> Malformed:
        return Malformed(
            f"the archive is cut short: {missing:,} bytes are missing at byte {self.base + len(self.data):,}",
            where=self.where,
            hint="fetch or write the archive again",
        )
