"""A server of files with Range, ETag and 304, which can be told to be busy (429, 503) or to cut a body."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class Handler(BaseHTTPRequestHandler):
    """Each file of `troubled` is refused as busy twice, and cut once in the middle of its body."""

    protocol_version = "HTTP/1.1"
    server: Mirror

    def do_GET(self) -> None:
        path = unquote(self.path).strip("/")
        file = self.server.root / path
        trouble = self.server.troubled.get(path, [])
        if trouble and trouble[0] in (429, 503):
            self._answer(trouble.pop(0), b"", {"Retry-After": "0"})
        elif not file.is_file():
            self._answer(404, b"", {})
        else:
            body, etag = file.read_bytes(), f'"{file.stat().st_mtime_ns}"'
            changed = formatdate(file.stat().st_mtime, usegmt=True)
            headers = {"ETag": etag, "Accept-Ranges": "bytes", "Last-Modified": changed}
            start = int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
            if self.headers.get("If-None-Match") == etag:
                self._answer(304, b"", headers)
            elif start:
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                self._answer(206, body[start:], headers)
            else:
                self._answer(200, body, headers, cut=bool(trouble))
                trouble.clear()

    def _answer(self, status: int, body: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
        self.server.seen.append((unquote(self.path).strip("/"), status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class Mirror(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = root
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.troubled: dict[str, list[int | str]] = {}
        self.seen: list[tuple[str, int]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield
        self.shutdown()
        thread.join()
