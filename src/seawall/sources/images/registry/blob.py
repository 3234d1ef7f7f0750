"""One blob on its way from a registry: read like a file, taken up again where the connection breaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from seawall.errors import FetchError, Malformed
from seawall.safe.http import Response
from seawall.safe.http_rules import check_range, pause


class Blob:
    """The bytes that `fetch(offset)` gives, whose digest is for the reader to check.

    `size` is what the manifest says, 0 where it does not. Raises FetchError when the connection breaks more than
    `retries` times, Malformed where the size is another.
    """

    def __init__(
        self,
        fetch: Callable[[int], Response],
        *,
        size: int,
        where: str,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetch, self._size, self._where = fetch, size, where
        self._retries, self._sleep = retries, sleep
        self._response: Response | None = None
        self._pieces: Iterator[bytes] = iter(())
        self._got = self._breaks = 0
        self._rest = b""

    def read(self, n: int, /) -> bytes:
        piece = self._rest or self._next()
        self._rest = piece[n:]
        return piece[:n] if self._rest else piece

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise NotImplementedError

    def tell(self) -> int:
        raise NotImplementedError

    def close(self) -> None:
        if self._response:
            self._response.close()
        self._response = None

    def _next(self) -> bytes:
        if self._size and self._got == self._size:
            return b""
        while True:
            if self._response is None:
                self._open()
            try:
                piece = next(self._pieces, b"")
                break
            except FetchError:
                self._response = None
                if self._breaks == self._retries:
                    raise
                self._sleep(pause(self._breaks, {}))
                self._breaks += 1
        self._got += len(piece)
        if self._size and (self._got > self._size or not piece):
            what = f"the registry sends {self._got:,} bytes or more" if piece else f"only {self._got:,} bytes come"
            raise Malformed(f"{what}, but the manifest says {self._size:,}", where=self._where)
        return piece

    def _open(self) -> None:
        """Ask for what is still missing. A server that knows no ranges sends all of it again."""
        response = self._fetch(self._got)
        self._response, self._pieces = response, iter(response)
        if response.status == 206:
            check_range(response.headers, self._got, str(self._size or "*"), where=self._where)
            return
        again = self._got
        while again > 0 and (piece := next(self._pieces, b"")):
            again -= len(piece)
            if again < 0:
                self._pieces = _before(piece[again:], self._pieces)


def _before(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
