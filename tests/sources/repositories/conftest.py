"""A server on the loopback with whatever files a test puts there, and keys made for the day."""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pysequoia
import pytest

from seawall.safe.http import Client
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.index_cache import IndexCache

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


class Site:
    """`files` by path; `answers` are (status, headers, body) in place of a file. `asked` are the paths, with status."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, int]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, headers, body = site.answer(self.path, self.headers.get("If-None-Match", ""))
                site.asked.append((self.path, status))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str, etag: str) -> tuple[int, dict[str, str], bytes]:
        if path in self.answers:
            return self.answers[path]
        if path not in self.files:
            return 404, {}, b""
        body = self.files[path]
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return (304, {"ETag": mark}, b"") if etag == mark else (200, {"ETag": mark}, body)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


@pytest.fixture
def access_to(site: Site, tmp_path: Path) -> Iterator[Callable[..., RepositoryAccess]]:
    """Access to the site under every name; a cache in the test's own folder."""
    clients = []

    def make(limits: Limits = DEFAULT, *, cache: Path | None = tmp_path / "indexes", **more: Any) -> RepositoryAccess:
        client = Client(limits, user_agent="test", sleep=lambda _: None)
        clients.append(client)
        names = ("debian", "alpine", "azurelinux", "pypi", "npm", "maven", "go", "crates", "nuget", "rubygems")
        mirrors = {name: f"{site.url}/{name}" for name in names}
        return RepositoryAccess(
            client=client, cache=IndexCache(cache, client), **{"now": NOW, "mirrors": mirrors, **more}
        )

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def signer() -> pysequoia.Tsk:
    return pysequoia.Tsk.generate("Test Archive <archive@example.org>")


@pytest.fixture(scope="session")
def certificate(signer: pysequoia.Tsk) -> bytes:
    return bytes(signer.extract_certificate())


@pytest.fixture(scope="session")
def stranger() -> pysequoia.Tsk:
    return pysequoia.Tsk.generate("Somebody Else <else@example.org>")
