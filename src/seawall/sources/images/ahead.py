"""A stream that is read in a thread of its own, a little ahead: to inflate and to hash needs no Python."""

from __future__ import annotations

from queue import Queue
from threading import Thread
from typing import Protocol

from seawall.safe.limits import MIB

PIECE = MIB
"""A thread that comes back from inflating waits for Python to be free: large pieces make that rare."""

PIECES = 8


class _Source(Protocol):
    def read(self, n: int, /) -> bytes: ...


class Ahead:
    """What `source` gives, and what it raises, in the same order. To be closed, which ends the thread."""

    chunk = PIECE

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._pieces: Queue[bytes | BaseException] = Queue(PIECES)
        self._head = b""
        self._ended = self._closed = False
        self._thread = Thread(target=self._fetch, daemon=True)
        self._thread.start()

    def read(self, n: int, /) -> bytes:
        """At least one byte and at most `n`, b"" only at the end."""
        data = self._head or self._next()
        self._head = data[n:]
        return data[:n] if self._head else data

    def skip(self, n: int, /) -> int:
        """Go `n` bytes on; returns how many there were."""
        left = n
        while left and (data := self._head or self._next()):
            self._head = data[left:]
            left -= len(data) - len(self._head)
        return n - left

    def close(self) -> None:
        """End the thread, which may be waiting for room."""
        self._closed = True
        while not self._ended:
            self._ended = not isinstance(self._pieces.get(), bytes)
        self._thread.join()

    def _next(self) -> bytes:
        piece = b"" if self._ended else self._pieces.get()
        if isinstance(piece, BaseException):
            self._ended = True
            if not isinstance(piece, EOFError):
                raise piece
            piece = b""
        return piece

    def _fetch(self) -> None:
        try:
            while not self._closed and (piece := self._source.read(PIECE)):
                self._pieces.put(piece)
            self._pieces.put(EOFError())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the stream is read
            self._pieces.put(error)
