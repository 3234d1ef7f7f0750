"""HTTP: bounded in time, size and redirects; no credential follows a redirect to another server."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from seawall.errors import FetchError, LimitExceeded
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_HARMLESS = frozenset({"accept", "accept-encoding", "if-none-match", "if-range", "range", "user-agent"})
"""The headers that may go to another server than the one they were meant for; all others may be credentials."""
_CHUNK = 1 << 18


class Response:
    """An answer whose body is still on its way: iterate over it or `read` it, inside a `with` block."""

    def __init__(self, raw: BaseHTTPResponse, url: str, received: int, deadline: float, client: Client) -> None:
        self.status = raw.status
        self.headers: Mapping[str, str] = raw.headers
        """By name, in any case."""
        self.url = url
        """Where the answer came from, after redirects."""
        self._raw = raw
        self._received = received
        self._deadline = deadline
        self._client = client

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def __iter__(self) -> Iterator[bytes]:
        """The decoded body in pieces. Raises FetchError when it is cut or late, LimitExceeded past `http_bytes`."""
        import urllib3

        limits, where = self._client.limits, shown(self.url)
        while True:
            try:
                # read1, not read: a server that sends a byte now and then must come back here, to the deadline
                chunk = self._raw.read1(_CHUNK, decode_content=True)
            except urllib3.exceptions.HTTPError as error:
                raise _fault(self.url, error) from None
            if not chunk:
                return
            self._received += len(chunk)
            if self._received > limits.http_bytes:
                raise LimitExceeded("http_bytes", limits.http_bytes, where=where)
            if self._client.clock() > self._deadline:
                raise LimitExceeded("http_seconds", limits.http_seconds, where=where)
            yield chunk

    def read(self, *, limit: str = "json_bytes") -> bytes:
        """The whole body, held in memory. `limit` names the bound of `Limits` that it must keep."""
        bound: int = getattr(self._client.limits, limit)
        content = bytearray()
        for chunk in self:
            content += chunk
            if len(content) > bound:
                raise LimitExceeded(limit, bound, where=shown(self.url))
        return bytes(content)


class Client:
    """A pool of connections; threads may share it.

    `proxies` maps `http`, `https` and `all` to a proxy's address and `no` to the hosts that need none, as
    `urllib.request.getproxies()` gives it. `ca_file` replaces the system's certificate authorities. `timeout` is the
    longest silence of a server, in seconds.
    """

    def __init__(
        self,
        limits: Limits = DEFAULT,
        *,
        user_agent: str,
        proxies: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        timeout: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self.clock = clock
        self._user_agent = user_agent
        self._proxies = dict(proxies or {})
        self._ca_file = ca_file
        self._timeout = timeout
        self._sleep = sleep
        self._pools: dict[str, PoolManager] = {}

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        offset: int = 0,
        returns: Collection[int] = (),
    ) -> Response:
        """GET. With `etag`, an unchanged body gives status 304; with `offset`, 206 and the rest, or 200 and all of it.

        Raises FetchError for every status from 400 that is not in `returns`.
        """
        more = dict(headers or {})
        if etag:
            more["If-None-Match"] = etag
        if offset:
            more["Range"] = f"bytes={offset}-"
        return self.request("GET", url, headers=more, returns=returns)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        returns: Collection[int] = (),
    ) -> Response:
        """Any method; it is repeated when the server is busy or the connection breaks. Raises FetchError."""
        raise NotImplementedError

    def download(
        self,
        url: str,
        to: BinaryIO,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        returns: Collection[int] = (),
    ) -> Response:
        """GET into the file `to`, which can seek; a cut connection is taken up where it broke.

        With status 304, or one of `returns`, nothing is written. Raises FetchError, LimitExceeded.
        """
        raise NotImplementedError


def shown(url: str) -> str:
    """An address without what may be secret in it: the user part and the query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _fault(url: str, error: Exception) -> FetchError:
    return FetchError(str(error), where=shown(url))
