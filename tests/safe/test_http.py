"""The HTTP client against a real server on the loopback: hostile, slow, busy, broken and moved."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import FetchError, LimitExceeded, SeawallError, UsageError
from seawall.safe import http_rules
from seawall.safe.http import Client
from seawall.safe.limits import Limits

BODY = bytes(range(256)) * 400


class Seen(NamedTuple):
    headers: Message
    client_address: tuple[str, int]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append(Seen(self.headers, self.client_address))
        self.server.routes[self.path.partition("?")[0]](self)

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    def cut(self, body: bytes, sent: int, status: int = 200, **headers: str) -> None:
        """Promise all of `body`, send a part of it and break off."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body[:sent])
        self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Callable[[Handler], None]] = {}
        self.seen: list[Seen] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that hangs up in the middle is what these tests are about


@pytest.fixture
def servers() -> Iterator[Callable[[], Server]]:
    running: list[Server] = []

    def start() -> Server:
        server = Server()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def server(servers: Callable[[], Server]) -> Server:
    return servers()


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(user_agent="seawall/test", timeout=5, sleep=lambda _: None) as client:
        yield client


def limited(sleeps: list[float] | None = None, timeout: float = 5, **limits: int) -> Client:
    sleep = sleeps.append if sleeps is not None else lambda _: None
    return Client(Limits(**limits), user_agent="seawall/test", timeout=timeout, sleep=sleep)


def test_get_reads_the_body_and_says_who_asks(server: Server, client: Client) -> None:
    server.routes["/a"] = lambda ask: ask.answer(body=b"hello", ETag='"1"')
    with client.get(f"{server.url}/a", headers={"X-One": "1"}) as response:
        assert (response.status, response.read(), response.headers["etag"]) == (200, b"hello", '"1"')
        assert response.url == f"{server.url}/a"
    assert server.seen[0].headers["User-Agent"] == "seawall/test"
    assert server.seen[0].headers["X-One"] == "1"


def test_a_post_carries_its_body(server: Server, client: Client) -> None:
    server.routes["/t"] = lambda ask: ask.answer(body=ask.rfile.read(int(ask.headers["Content-Length"])))
    with client.request("POST", f"{server.url}/t", body=b"a=b") as response:
        assert response.read() == b"a=b"


def test_one_connection_serves_many_requests(server: Server, client: Client) -> None:
    server.routes["/a"] = lambda ask: ask.answer(307, body=b"moved", Location="/b")
    server.routes["/b"] = lambda ask: ask.answer(404, body=BODY)
    server.routes["/c"] = lambda ask: ask.answer(304)
    for _ in range(3):
        client.get(f"{server.url}/a", returns={404}).close()
        client.get(f"{server.url}/c", etag='"1"').close()
        client.request("HEAD", f"{server.url}/b", returns={404}).close()
    assert len({ask.client_address for ask in server.seen}) == 1


def test_an_unchanged_body_is_304_and_an_absent_one_is_returned_only_where_asked(
    server: Server, client: Client
) -> None:
    server.routes["/a"] = lambda ask: ask.answer(304 if ask.headers["If-None-Match"] == '"1"' else 200)
    server.routes["/no"] = lambda ask: ask.answer(404)
    with client.get(f"{server.url}/a", etag='"1"') as response:
        assert response.status == 304
    with client.get(f"{server.url}/no", returns={404}) as response:
        assert response.status == 404
    with pytest.raises(FetchError) as caught:
        client.get(f"{server.url}/no?sig=secret")
    assert caught.value.status == 404
    assert caught.value.hint == "check the address"
    assert str(caught.value) == f"{server.url}/no: the server answers with HTTP status 404"


def test_credentials_do_not_follow_to_another_server(servers: Callable[[], Server], client: Client) -> None:
    here, there = servers(), servers()
    here.routes["/near"] = lambda ask: ask.answer(307, Location="/out")
    here.routes["/out"] = lambda ask: ask.answer(302, Location=f"{there.url}/back")
    there.routes["/back"] = lambda ask: ask.answer(302, Location=f"{here.url}/end")
    here.routes["/end"] = lambda ask: ask.answer(body=b"end")
    secret = {"Authorization": "Bearer x", "Cookie": "y", "X-Registry-Token": "z", "Accept": "application/json"}
    with client.get(f"{here.url}/near", headers=secret) as response:
        assert response.read() == b"end"
        assert response.url == f"{here.url}/end"
    near, out, end = here.seen
    for ask in (near, out):
        assert {name: ask.headers[name] for name in secret} == secret
    for ask in (there.seen[0], end):
        assert [ask.headers[name] for name in secret] == [None, None, None, "application/json"]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x", "https://a.example:444/x"),
        ("http://a.example/x", "https://a.example/x"),
        ("https://a.example/x", "//a.example@b.example/x"),
    ],
)
def test_credentials_are_dropped_when_scheme_host_or_port_change(here: str, there: str) -> None:
    assert http_rules.redirected(here, there, {"Authorization": "x", "Range": "y"})[1] == {"Range": "y"}


def test_credentials_stay_on_the_same_server() -> None:
    assert http_rules.redirected("https://a.example/x", "HTTPS://A.example/z", {"authorization": "x"}) == (
        "https://a.example/z",
        {"authorization": "x"},
    )


@pytest.mark.parametrize("there", ["http://a.example/", "file:///etc/passwd", "ftp://a.example/", "http://["])
def test_redirects_that_are_not_followed(there: str) -> None:
    with pytest.raises(FetchError):
        http_rules.redirected("https://a.example/", there, {})


def test_a_redirect_loop_ends(server: Server, client: Client) -> None:
    server.routes["/loop"] = lambda ask: ask.answer(302, Location="/loop")
    with pytest.raises(LimitExceeded) as caught:
        client.get(f"{server.url}/loop")
    assert caught.value.limit == "http_redirects"
    assert len(server.seen) == 6


def test_a_post_is_not_redirected(server: Server, client: Client) -> None:
    server.routes["/t"] = lambda ask: ask.answer(307, Location="/other")
    with pytest.raises(FetchError, match="307"):
        client.request("POST", f"{server.url}/t", body=b"")


def test_a_body_is_bounded_promised_or_not(server: Server) -> None:
    server.routes["/promised"] = lambda ask: ask.answer(body=BODY)

    def endless(ask: Handler) -> None:
        ask.send_response(200)
        ask.send_header("Connection", "close")
        ask.end_headers()
        while True:
            ask.wfile.write(BODY)

    server.routes["/endless"] = endless
    with limited(http_bytes=1000) as client:
        with client.get(f"{server.url}/promised") as response, pytest.raises(LimitExceeded) as caught:
            response.read()
        assert "http_bytes=102400" in caught.value.hint
        with client.get(f"{server.url}/endless") as response, pytest.raises(LimitExceeded, match="http_bytes"):
            response.read()
        with pytest.raises(LimitExceeded, match="http_bytes"):
            client.download(f"{server.url}/endless", io.BytesIO())
    with (
        limited(json_bytes=1000) as client,
        client.get(f"{server.url}/promised") as response,
        pytest.raises(LimitExceeded, match="json_bytes"),
    ):
        response.read()


def test_a_gzip_body_is_bounded_as_unpacked(server: Server) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    server.routes["/bomb"] = lambda ask: ask.answer(body=bomb, Content_Encoding="gzip")
    with (
        limited(http_bytes=1_000_000) as client,
        client.get(f"{server.url}/bomb") as response,
        pytest.raises(LimitExceeded, match="http_bytes"),
    ):
        response.read()


@pytest.mark.parametrize("length", [0, 1, 262_144, 524_288, 1_000_000])
def test_a_gzip_body_is_unpacked(server: Server, client: Client, length: int) -> None:
    packed = gzip.compress(b"a" * length) + gzip.compress(b"b" * 10)
    server.routes["/z"] = lambda ask: ask.answer(body=packed, Content_Encoding="gzip")
    with client.get(f"{server.url}/z") as response:
        assert response.read() == b"a" * length + b"b" * 10


@pytest.mark.parametrize("whole", [True, False])
def test_a_body_in_chunks_is_read_whole_or_is_an_error(server: Server, client: Client, whole: bool) -> None:
    def chunks(ask: Handler) -> None:
        ask.send_response(200)
        ask.send_header("Transfer-Encoding", "chunked")
        ask.end_headers()
        for start in range(0, len(BODY), 10_000):
            piece = BODY[start : start + 10_000]
            ask.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        ask.wfile.write(b"0\r\n\r\n" if whole else b"ffff\r\ncut")
        ask.close_connection = not whole

    server.routes["/c"] = chunks
    with client.get(f"{server.url}/c") as response:
        if whole:
            assert response.read() == BODY
        else:
            with pytest.raises(FetchError, match="broke off"):
                response.read()


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_damaged_body_is_an_error(server: Server, client: Client, encoding: str) -> None:
    server.routes["/z"] = lambda ask: ask.answer(body=gzip.compress(BODY)[:-50], Content_Encoding=encoding)
    with client.get(f"{server.url}/z") as response, pytest.raises(FetchError):
        response.read()


def test_a_body_that_drips_ends_at_the_deadline(server: Server) -> None:
    def drip(ask: Handler) -> None:
        ask.send_response(200)
        ask.send_header("Content-Length", "1000000")
        ask.end_headers()
        while True:
            ask.wfile.write(b".")
            clock[0] += 20

    clock = [0.0]
    server.routes["/drip"] = drip
    with (
        Client(Limits(http_seconds=60), user_agent="t", clock=lambda: clock[0]) as client,
        client.get(f"{server.url}/drip") as response,
        pytest.raises(LimitExceeded, match="http_seconds"),
    ):
        response.read()


def test_a_silent_server_is_an_error_with_a_hint(server: Server) -> None:
    quiet = threading.Event()
    server.routes["/quiet"] = lambda _: quiet.wait(10)
    with limited(timeout=0.05, http_retries=1) as client, pytest.raises(FetchError) as caught:
        client.get(f"{server.url}/quiet")
    quiet.set()
    assert caught.value.message == "the server does not answer in time"
    assert "HTTPS_PROXY" in caught.value.hint
    assert len(server.seen) == 2


def test_a_busy_server_is_asked_again_when_it_says(server: Server) -> None:
    waits = iter(["7", "Wed, 21 Oct 2026 07:28:09 GMT", "soon"])

    def busy(ask: Handler) -> None:
        wait = next(waits, "")
        if not wait:
            return ask.answer(body=b"now")
        ask.send_response_only(429)
        ask.send_header("Date", "Wed, 21 Oct 2026 07:28:00 GMT")
        ask.send_header("Retry-After", wait)
        ask.send_header("Content-Length", "0")
        return ask.end_headers()

    server.routes["/busy"] = busy
    sleeps: list[float] = []
    with limited(sleeps) as client, client.get(f"{server.url}/busy") as response:
        assert response.read() == b"now"
    assert sleeps == [7, 9, 2]


def test_a_server_that_stays_busy_or_asks_for_too_much_is_given_up(server: Server) -> None:
    server.routes["/busy"] = lambda ask: ask.answer(503)
    server.routes["/hours"] = lambda ask: ask.answer(429, Retry_After="7200")
    sleeps: list[float] = []
    with limited(sleeps) as client:
        with pytest.raises(FetchError) as caught:
            client.get(f"{server.url}/busy")
        assert (caught.value.status, sleeps) == (503, [0.5, 1, 2, 4])
        with pytest.raises(FetchError, match="429"):
            client.get(f"{server.url}/hours")
        assert len(server.seen) == 6


def test_pauses_do_not_outlast_the_deadline(server: Server) -> None:
    server.routes["/busy"] = lambda ask: ask.answer(503, Retry_After="50")
    with limited(http_seconds=40) as client, pytest.raises(LimitExceeded, match="http_seconds"):
        client.get(f"{server.url}/busy")


def ranges(cuts: list[int], etags: list[str]) -> Callable[[Handler], None]:
    """A server that breaks off after the given numbers of bytes, with a file that may change in between."""
    breaks, versions = iter(cuts), iter(etags)

    def serve(ask: Handler) -> None:
        version = next(versions, etags[-1])
        body = BODY if version != '"new"' else BODY[::-1]
        asked, condition = ask.headers["Range"], ask.headers["If-Range"]
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and condition in (None, version) else 0
        more = {"Content_Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        ask.cut(body[start:], next(breaks, len(body)), 206 if start else 200, ETag=version, **more)

    return serve


def test_a_cut_download_is_taken_up_where_it_broke(server: Server, client: Client) -> None:
    server.routes["/f"] = ranges([100, 5_000], ['"1"'])
    to = io.BytesIO(b"head")
    to.seek(4)
    client.download(f"{server.url}/f", to)
    assert to.getvalue() == b"head" + BODY
    assert [ask.headers["Range"] for ask in server.seen] == [None, "bytes=100-", "bytes=5100-"]


def test_a_file_that_changes_during_its_download_begins_anew(server: Server, client: Client) -> None:
    server.routes["/f"] = ranges([5_000], ['"old"', '"new"'])
    to = io.BytesIO()
    client.download(f"{server.url}/f", to)
    assert to.getvalue() == BODY[::-1]


def test_a_download_that_never_ends_well_is_an_error(server: Server, client: Client) -> None:
    server.routes["/f"] = ranges([10] * 99, ['"1"'])
    with pytest.raises(FetchError, match="broke off"):
        client.download(f"{server.url}/f", io.BytesIO())
    assert len(server.seen) == 5


def test_a_part_of_another_size_or_place_is_an_error(server: Server, client: Client) -> None:
    def wrong(ask: Handler) -> None:
        if ask.headers["Range"]:
            ask.answer(206, BODY[:10], Content_Range="bytes 0-9/10")
        else:
            ask.cut(BODY, 10)

    server.routes["/f"] = wrong
    with pytest.raises(FetchError, match="another part"):
        client.download(f"{server.url}/f", io.BytesIO())


def test_an_unchanged_download_writes_nothing(server: Server, client: Client) -> None:
    server.routes["/f"] = lambda ask: ask.answer(304)
    to = io.BytesIO()
    assert client.download(f"{server.url}/f", to, etag='"1"').status == 304
    assert to.getvalue() == b""


def test_get_from_an_offset(server: Server, client: Client) -> None:
    server.routes["/f"] = ranges([], ['"1"'])
    with client.get(f"{server.url}/f", offset=100) as response:
        assert (response.status, response.read()) == (206, BODY[100:])


def test_nobody_at_home(client: Client) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FetchError, match="no connection") as caught:
        client.get(f"http://127.0.0.1:{port}/x")
    assert "HTTPS_PROXY" in caught.value.hint


def test_a_name_without_address_fails_at_once() -> None:
    sleeps: list[float] = []
    with limited(sleeps) as client, pytest.raises(FetchError, match="no such host"):
        client.get("http://seawall.invalid/")
    assert sleeps == []


def test_plain_text_where_tls_was_expected(server: Server) -> None:
    with limited(http_retries=0) as client, pytest.raises(FetchError, match="TLS") as caught:
        client.get(server.url.replace("http:", "https:"))
    assert "SSL_CERT_FILE" in caught.value.hint


def test_requests_go_through_the_proxy_unless_excepted(servers: Callable[[], Server]) -> None:
    proxy, straight = servers(), servers()
    proxy.routes["http://registry.example/v2/"] = lambda ask: ask.answer(body=b"by proxy")
    straight.routes["/"] = lambda ask: ask.answer(body=b"straight")
    proxies = {"http": proxy.url.replace("//", "//me:p%40ss@"), "no": "127.0.0.1"}
    with Client(user_agent="t", proxies=proxies) as client:
        with client.get("http://registry.example/v2/") as response:
            assert response.read() == b"by proxy"
        with client.get(f"{straight.url}/") as response:
            assert response.read() == b"straight"
    assert proxy.seen[0].headers["Proxy-Authorization"] == "Basic bWU6cEBzcw=="


@pytest.mark.parametrize(
    ("url", "exceptions", "proxy"),
    [
        ("https://a.b.example/", "b.example", ""),
        ("https://a.b.example/", ".b.example", ""),
        ("https://a.b.example/", "*.b.example", ""),
        ("https://ab.example/", "b.example", "p"),
        ("https://b.example:444/", "b.example:444", ""),
        ("https://b.example/", "b.example:443", ""),
        ("https://b.example/", "b.example:444", "p"),
        ("https://10.1.2.3/", "x,10.0.0.0/8", ""),
        ("https://[fd00::1]/", "fd00::/8", ""),
        ("https://11.1.2.3/", "10.0.0.0/8", "p"),
        ("https://b.example/", "*", ""),
        ("https://b.example/", "", "p"),
        ("https://b.example/", ",", "p"),
        ("http://b.example/", "", ""),
    ],
)
def test_no_proxy(url: str, exceptions: str, proxy: str) -> None:
    assert http_rules.proxy_for(url, {"https": "p", "no": exceptions}) == proxy


def test_a_proxy_that_cannot_be_used_is_named() -> None:
    with pytest.raises(UsageError, match="proxy"):
        Client(user_agent="t", proxies={"https": "socks5://localhost:1080"})
    Client(user_agent="t", proxies={"https": "localhost:3128"}).close()


def test_errors_do_not_tell_secrets(client: Client) -> None:
    for url, value in [("http://me:secret@seawall.invalid/?sig=secret", ""), ("http://a.example/", "Bearer secret\n")]:
        with pytest.raises(FetchError) as caught:
            client.get(url, headers={"Authorization": value})
        assert "secret" not in f"{caught.value} {caught.value.hint}"
    with pytest.raises(UsageError) as usage:
        Client(user_agent="t", proxies={"https": "http://me:secret@[/"})
    assert "secret" not in str(usage.value)


@given(st.text(), st.text())
def test_no_address_and_no_header_raises_anything_else(url: str, value: str) -> None:
    with Client(Limits(http_retries=0), user_agent="t", proxies={"all": "http://127.0.0.1:9"}, timeout=1) as client:
        for address in (url, f"http://{url}", f"http://a.example/{url}"):
            with pytest.raises(SeawallError):
                client.get(address, headers={"X-Any": value})


@given(st.text(), st.dictionaries(st.sampled_from(["Retry-After", "Date"]), st.text()))
def test_any_answer_gives_an_address_and_a_pause(location: str, headers: dict[str, str]) -> None:
    assert http_rules.pause(0, headers) >= 0.5
    with contextlib.suppress(FetchError):
        assert http_rules.redirected("http://a.example/", location, {})[0].startswith("http")
