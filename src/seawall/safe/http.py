"""HTTP: bounded in time, size and redirects; no credential follows a redirect to another server."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from msgspec.structs import replace

from seawall.errors import FetchError, LimitExceeded
from seawall.safe import http_rules as rules
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_CHUNK = 1 << 18


class _Request(msgspec.Struct, frozen=True):
    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    returns: frozenset[int]
    """Statuses, besides 2xx, that are no error to the caller."""
    deadline: float


class Response:
    """An answer whose body is still on its way: iterate over it or `read` it, inside a `with` block."""

    def __init__(self, raw: BaseHTTPResponse, request: _Request, client: Client) -> None:
        self.status = raw.status
        self.headers: Mapping[str, str] = raw.headers
        """By name, in any case."""
        self.url = request.url
        """Where the answer came from, after redirects; its query may hold a credential."""
        self._raw = raw
        self._deadline = request.deadline
        self._client = client

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep the connection for the next request when little of the body is left to read, otherwise hang up."""
        left = self._raw.length_remaining
        if left is not None and left <= _CHUNK:
            with suppress(FetchError, LimitExceeded):
                for _ in self._packed():
                    pass
        self._raw.close()

    def __iter__(self) -> Iterator[bytes]:
        """The decoded body in pieces. Raises FetchError when it is cut, LimitExceeded past `http_bytes` or too late."""
        bound, where = self._client.limits.http_bytes, rules.shown(self.url)
        received = rules.first_byte(self.headers) if self.status == 206 else 0
        promised = self.headers.get("Content-Length", "")
        if promised.isdecimal() and received + int(promised) > bound:
            raise LimitExceeded("http_bytes", bound, where=where, found=received + int(promised))
        for chunk in rules.decoded(self._packed(), self.headers.get("Content-Encoding", ""), where=where):
            received += len(chunk)
            if received > bound:
                raise LimitExceeded("http_bytes", bound, where=where)
            yield chunk

    def read(self, *, limit: str = "json_bytes") -> bytes:
        """The whole body, held in memory. `limit` names the bound of `Limits` that it must keep."""
        bound: int = getattr(self._client.limits, limit)
        content = bytearray()
        for chunk in self:
            content += chunk
            if len(content) > bound:
                raise LimitExceeded(limit, bound, where=rules.shown(self.url))
        return bytes(content)

    def _packed(self) -> Iterator[bytes]:
        """The body as it comes over the wire."""
        import urllib3

        bound = self._client.limits.http_seconds
        while True:
            try:
                # read1, not read: a server that sends a byte now and then must come back here, to the deadline
                chunk = self._raw.read1(_CHUNK, decode_content=False)
            except urllib3.exceptions.HTTPError as error:
                raise rules.fault(self.url, error) from None
            if not chunk:
                return
            if self._client.clock() > self._deadline:
                raise LimitExceeded("http_seconds", bound, where=rules.shown(self.url))
            yield chunk


class Client:
    """A pool of connections; threads may share it, and whoever makes it closes it.

    `proxies` maps `http`, `https` and `all` to a proxy's address and `no` to the hosts that need none, as
    `urllib.request.getproxies()` gives it. `ca_file` replaces the system's certificate authorities; without `verify`
    no certificate is checked, which only the user may ask for, server by server. `timeout` is the longest silence of
    a server, in seconds. `socket` is that of a daemon on this machine, which then answers for every host. `clock`
    counts seconds from anywhere.
    """

    def __init__(
        self,
        limits: Limits = DEFAULT,
        *,
        user_agent: str,
        proxies: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        verify: bool = True,
        timeout: float = 30.0,
        socket: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self.clock = clock
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._proxies = proxies or {}
        self._timeout = timeout
        self._sleep = sleep
        routes = {self._proxies.get(scheme, "") for scheme in ("http", "https", "all")} | {""}
        self._pools = {proxy: rules.pool(proxy, ca_file, verify=verify, socket=socket) for proxy in routes}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.clear()

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

        Raises FetchError for every other status that is neither 2xx nor in `returns`, LimitExceeded.
        """
        asked = dict(headers or {})
        if etag:
            asked["If-None-Match"] = etag
            returns = {*returns, 304}
        if offset:
            asked |= rules.rest_from(offset)
        return self.request("GET", url, headers=asked, returns=returns)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        returns: Collection[int] = (),
    ) -> Response:
        """Any method; it is repeated when the server is busy or the connection breaks, and GET and HEAD are redirected.

        Raises FetchError for every status that is neither 2xx nor in `returns`, LimitExceeded.
        """
        deadline = self.clock() + self.limits.http_seconds
        asked = {**self._headers, **(headers or {})}
        return self._follow(_Request(method, url, asked, body, frozenset(returns), deadline))

    def download(
        self,
        url: str,
        to: BinaryIO,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        returns: Collection[int] = (),
    ) -> Response:
        """GET into the file `to`, which can seek; a cut connection is taken up where it broke. The body is then read.

        For status 304 (with `etag`), or one of `returns`, nothing is written. Raises FetchError, LimitExceeded.
        """
        begin, received, size = to.tell(), 0, "*"
        deadline = self.clock() + self.limits.http_seconds
        asked = {**self._headers, **(headers or {}), "Accept-Encoding": "identity"}
        request = _Request("GET", url, asked, None, frozenset({*returns, 304} if etag else returns), deadline)
        condition = {"If-None-Match": etag} if etag else {}
        for attempt in range(self.limits.http_retries + 1):
            with self._follow(replace(request, headers=asked | condition)) as response:
                if response.status == 206:
                    rules.check_range(response.headers, received, size, where=rules.shown(url))
                elif response.status == 200:
                    received, size = 0, response.headers.get("Content-Length", "*")
                else:
                    return response
                to.truncate(to.seek(begin + received))
                try:
                    for chunk in response:
                        received += to.write(chunk)
                    return response
                except FetchError:
                    if attempt == self.limits.http_retries:
                        raise
            condition = rules.rest_from(received, response.headers) if received else condition
            self._sleep(rules.pause(attempt, {}))
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, request: _Request) -> Response:
        """The answer behind all redirects."""
        for _ in range(self.limits.http_redirects + 1):
            response = self._answer(request)
            if 200 <= response.status < 300 or response.status in request.returns:
                return response
            response.close()
            location = response.headers.get("Location", "")
            if response.status not in rules.REDIRECTS or not location or request.method not in ("GET", "HEAD"):
                raise rules.refusal(request.url, response.status)
            url, headers = rules.redirected(request.url, location, request.headers)
            request = replace(request, url=url, headers=headers)
        raise LimitExceeded("http_redirects", self.limits.http_redirects, where=rules.shown(request.url))

    def _answer(self, request: _Request) -> Response:
        """The first answer that is not "come back later", or the last one of all."""
        from urllib3.exceptions import HTTPError

        for attempt in range(self.limits.http_retries + 1):
            last = attempt == self.limits.http_retries
            try:
                response = Response(self._send(request), request, self)
            except (HTTPError, ValueError, OSError) as error:
                if last or not rules.may_pass(error):
                    raise rules.fault(request.url, error) from None
                wait = rules.pause(attempt, {})
            else:
                wait = rules.pause(attempt, response.headers)
                busy = response.status in rules.BUSY and response.status not in request.returns
                if last or not busy or wait > self.limits.http_wait:
                    return response
                response.close()
            if self.clock() + wait > request.deadline:
                raise LimitExceeded("http_seconds", self.limits.http_seconds, where=rules.shown(request.url))
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _send(self, request: _Request) -> BaseHTTPResponse:
        pool = self._pools[rules.proxy_for(request.url, self._proxies)]
        return pool.request(
            request.method,
            request.url,
            headers=request.headers,
            body=request.body,
            timeout=min(self._timeout, max(request.deadline - self.clock(), 0.001)),
            redirect=False,
            retries=False,
            preload_content=False,
        )
