"""What `safe.http` decides without a connection: routes, redirects, pauses, decoding, and words for what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from seawall.errors import FetchError, UsageError

if TYPE_CHECKING:
    from urllib3 import PoolManager
    from urllib3.util import Url

BUSY = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may succeed."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HARMLESS = frozenset({"accept", "accept-encoding", "if-none-match", "if-range", "range", "user-agent"})
"""The headers that may go to another server than the one they were meant for; every other may be a credential."""

_PIECE = 1 << 18
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-\d+/(\d+|\*)", re.ASCII)
_HINTS = {
    401: "this server wants you to log in",
    403: "the server knows you, or wants no guests: check that your login may read this",
    404: "check the address",
    407: "the proxy wants a login: give it as http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY",
    429: "too many requests: try again later",
}


def pool(proxy: str, ca_file: str | None, *, verify: bool = True, socket: str = "") -> PoolManager:
    """Connections straight to the servers (`proxy` empty), through one proxy, or to a socket. Raises UsageError."""
    import urllib3

    if socket:
        from seawall.safe import unix_socket

        return unix_socket.pool(socket)

    options: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED", "ca_certs": ca_file, "maxsize": 8}
    if not verify:
        options |= {"cert_reqs": "CERT_NONE", "assert_hostname": False}
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # the user has said so
    if not proxy:
        return urllib3.PoolManager(**options)
    try:
        address = urllib3.util.parse_url(proxy if "://" in proxy else f"http://{proxy}")
        login = urllib3.make_headers(proxy_basic_auth=unquote(address.auth)) if address.auth else None
        return urllib3.ProxyManager(address.url, proxy_headers=login, **options)
    except (urllib3.exceptions.HTTPError, ValueError, AssertionError):
        hint = "proxies are given as http://HOST:PORT"
        raise UsageError("this proxy cannot be used", where=shown(proxy), hint=hint) from None


def proxy_for(url: str, proxies: Mapping[str, str]) -> str:
    """The proxy that leads to `url`, or "". Raises FetchError for what is no address of http or https."""
    address = _parsed(url)
    proxy = proxies.get(address.scheme or "") or proxies.get("all") or ""
    return "" if _needs_no_proxy(address, proxies.get("no", "")) else proxy


def _needs_no_proxy(address: Url, exceptions: str) -> bool:
    """NO_PROXY as curl and Go read it: names with all below them, `host:port`, addresses, networks, or `*`."""
    import ipaddress

    host = (address.host or "").strip("[]").lower()
    for exception in exceptions.lower().replace(",", " ").split():
        name, _, port = exception.rpartition(":") if exception.count(":") == 1 else (exception, "", "")
        name = name.removeprefix("*").removeprefix(".") if name != "*" else name
        if port and port != str(address.port or {"http": 80, "https": 443}.get(address.scheme or "")):
            continue
        if name in ("*", host) or (name and host.endswith(f".{name}")):
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False):
                return True
        except ValueError:
            continue
    return False


def redirected(url: str, location: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The address to go to, and the headers that may come along. Raises FetchError for a step down to plain HTTP."""
    try:
        here, there = _parsed(url), _parsed(urljoin(url, location))
    except ValueError:
        raise FetchError("the server redirects to what is no address", where=shown(url)) from None
    if (here.scheme, there.scheme) == ("https", "http"):
        raise FetchError("the server redirects from https to http, which is not followed", where=shown(url))
    same = (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)
    return there.url, {name: value for name, value in headers.items() if same or name.lower() in _HARMLESS}


def pause(attempt: int, headers: Mapping[str, str]) -> float:
    """Seconds to wait before the next attempt: doubled each time, or what the server asks for (`Retry-After`)."""
    from email.utils import parsedate_to_datetime

    asked = headers.get("Retry-After", "0").strip()
    wait: float = 0.5 * 2**attempt
    if asked.isdecimal():
        return max(wait, float(asked))
    try:
        # against the server's own clock, which may be wrong but is wrong in both
        seconds = (parsedate_to_datetime(asked) - parsedate_to_datetime(headers["Date"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        return wait
    return max(wait, seconds)


def rest_from(offset: int, headers: Mapping[str, str] | None = None) -> dict[str, str]:
    """The headers that ask for the body from byte `offset`, if it is still the one that came with `headers`."""
    known = headers or {}
    version = known.get("ETag", "")
    version = known.get("Last-Modified", "") if not version or version.startswith("W/") else version
    # identity: a part of a packed body is of no use
    ask = {"Range": f"bytes={offset}-", "Accept-Encoding": "identity"}
    return ask | ({"If-Range": version} if version else {})


def first_byte(headers: Mapping[str, str]) -> int:
    """Where the part of an answer with status 206 begins; -1 when it does not say."""
    found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def check_range(headers: Mapping[str, str], offset: int, size: str, *, where: str) -> None:
    """Raises FetchError unless the part begins at `offset` of a body of `size` bytes (`*`: not known)."""
    found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    if not found or int(found[1]) != offset or (size != "*" and found[2] not in (size, "*")):
        raise FetchError("the server sends another part of the file than the one asked for", where=where)


def decoded(packed: Iterator[bytes], encoding: str, *, where: str) -> Iterator[bytes]:
    """The body without its `Content-Encoding`, in small pieces. Raises FetchError."""
    import zlib

    if encoding.lower() in ("", "identity"):
        yield from packed
        return
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise FetchError(f"the server sends the encoding {encoding!r}, which was not asked for", where=where)
    inflate = None
    for data in packed:
        piece = b""
        while data or len(piece) == _PIECE:
            if inflate is None or (inflate.eof and data):
                inflate = zlib.decompressobj(wbits=31)  # one gzip member may follow another
            try:
                piece = inflate.decompress(data, _PIECE)
            except zlib.error as error:
                raise FetchError(f"the server sends damaged gzip data: {error}", where=where) from None
            data = inflate.unconsumed_tail or inflate.unused_data
            if piece:
                yield piece
    if inflate is not None and not inflate.eof:
        raise FetchError("the gzip data of the server end too early", where=where)


def refusal(url: str, status: int) -> FetchError:
    """The error for a status that the caller has no use for."""
    hint = _HINTS.get(status, "the server has a fault of its own: try again later" if status >= 500 else "")
    return FetchError(f"the server answers with HTTP status {status}", where=shown(url), hint=hint, status=status)


def may_pass(error: Exception) -> bool:
    """True for a fault of the connection that another attempt may not meet."""
    from urllib3 import exceptions

    lasting = (exceptions.NameResolutionError, exceptions.SSLError, exceptions.ProxyError, ValueError)
    return isinstance(error, exceptions.HTTPError) and not isinstance(error, lasting)


def fault(url: str, error: Exception) -> FetchError:
    """The error for a connection that failed, with the way out."""
    from urllib3 import exceptions

    proxy = "if this network has a proxy, name it in HTTPS_PROXY"
    match error:
        case exceptions.NameResolutionError():
            message, hint = "no such host: its name has no address", f"check the address and the DNS; {proxy}"
        case exceptions.ProxyError():
            message, hint = f"the proxy fails: {error.original_error}", "check HTTPS_PROXY and NO_PROXY"
        case exceptions.SSLError():
            message = f"no trusted TLS connection: {error}"
            hint = "if a proxy inspects TLS here, name its certificate authority in SSL_CERT_FILE"
        case exceptions.NewConnectionError():
            message, hint = f"no connection: {str(error).rpartition(': ')[2]}", f"check the address; {proxy}"
        case exceptions.ConnectTimeoutError() | exceptions.ReadTimeoutError():
            message, hint = "the server does not answer in time", f"try again later; {proxy}"
        case exceptions.ProtocolError():
            message, hint = "the server broke off the connection", "try again"
        case _:  # its own words may quote a header, with the credential in it
            message, hint = "this request cannot be sent: something in its address or headers is not allowed", ""
    return FetchError(message, where=shown(url), hint=hint)


def shown(url: str) -> str:
    """An address without what may be secret in it: the user part and the query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _parsed(url: str) -> Url:
    """The parts of an address, by the parser that also decides where the connection goes."""
    from urllib3.util import parse_url

    try:
        address = parse_url(url)
    except ValueError:
        address = None
    if address is None or address.scheme not in ("http", "https") or not address.host:
        raise FetchError("this is no address of http or https", where=shown(url))
    return address
