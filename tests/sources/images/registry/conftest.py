"""A small registry on the loopback that can misbehave in every way that registries do."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import parse_qs

import pytest

from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.images.registry.access import Access
from seawall.sources.images.registry.login import Login, Logins
from seawall.sources.images.registry.opening import Registries

SECRET = "s3cr3t-Zq81"
USER = "robot"
OCI = "application/vnd.oci.image."


class Seen(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: str


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Fake

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, self.path, headers, body))
        path, _, query = self.path.partition("?")
        faults = self.server.faults.get(path, [])
        if faults and faults.pop(0)(self):
            return
        if path in self.server.routes:
            self.server.routes[path](self)
        elif path == "/token":
            self.token(parse_qs(query), parse_qs(body))
        elif not self.allowed():
            self.challenge()
        else:
            self.serve(path, parse_qs(query))

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    def json(self, value: object, **headers: str) -> None:
        self.answer(200, json.dumps(value).encode(), **headers)

    def allowed(self) -> bool:
        given = self.headers.get("Authorization", "")
        if self.server.auth == "basic":
            return given == "Basic " + base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        return not self.server.auth or given.removeprefix("Bearer ") in self.server.tokens

    def challenge(self) -> None:
        repository = self.path.removeprefix("/v2/").rpartition("/")[0].rpartition("/")[0]
        bearer = f'Bearer realm="{self.server.url}/token",service="fake",scope="repository:{repository}:pull"'
        scheme = 'Basic realm="fake, registry"' if self.server.auth == "basic" else bearer
        self.answer(401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', WWW_Authenticate=scheme)

    def token(self, query: dict[str, list[str]], form: dict[str, list[str]]) -> None:
        given = self.headers.get("Authorization", "")
        known = given == "Basic " + base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        if not (known or form.get("refresh_token") == [SECRET] or self.server.anonymous):
            self.answer(401)
            return
        token = f"token-{len(self.server.seen)}-{SECRET}"
        self.server.tokens.add(token)
        self.json({"token": token})

    def serve(self, path: str, query: dict[str, list[str]]) -> None:
        server = self.server
        repository, _, rest = path.removeprefix("/v2/").rpartition("/manifests/")
        if path == "/v2/":
            self.answer(200)
        elif repository and (repository, rest) in server.manifests:
            kind, content = server.manifests[repository, rest]
            self.answer(200, content, Content_Type=kind)
        elif "/blobs/" in path and path.rpartition("/")[2] in server.blobs:
            self.ranged(server.blobs[path.rpartition("/")[2]])
        elif path.endswith("/tags/list") or path == "/v2/_catalog":
            self.listed(path, query)
        else:
            self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"\\u001b[31m"}]}')

    def ranged(self, content: bytes) -> None:
        asked = self.headers.get("Range", "")
        if not asked:
            self.answer(200, content)
            return
        first = int(asked.removeprefix("bytes=").rstrip("-"))
        self.answer(206, content[first:], Content_Range=f"bytes {first}-{len(content) - 1}/{len(content)}")

    def listed(self, path: str, query: dict[str, list[str]]) -> None:
        """Two names a page, whatever is asked for."""
        repository = path.removeprefix("/v2/").removesuffix("/tags/list")
        repositories = sorted({name for name, _ in self.server.manifests})
        tags = sorted(tag for name, tag in self.server.manifests if name == repository and ":" not in tag)
        names, key = (repositories, "repositories") if path == "/v2/_catalog" else (tags, "tags")
        rest = [name for name in names if name > query.get("last", [""])[0]]
        link = {"Link": f'<{path}?last={rest[1]}&n=2>; rel="next"'} if len(rest) > 2 else {}
        self.json({key: rest[:2]}, **link)

    def cut(self, content: bytes, sent: int, status: int = 200, **headers: str) -> None:
        """Promise all of it, send a part and break off."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content[:sent])
        self.wfile.flush()
        self.close_connection = True


Fault = Callable[[Handler], object]


class Fake(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.blobs: dict[str, bytes] = {}
        self.routes: dict[str, Callable[[Handler], None]] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.seen: list[Seen] = []
        self.tokens: set[str] = set()
        self.auth, self.anonymous = "", False
        self.host = f"127.0.0.1:{self.server_port}"
        self.url = f"http://{self.host}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that hangs up in the middle is what these tests are about

    def manifest(self, repository: str, tag: str, document: object, kind: str) -> str:
        content = json.dumps(document).encode()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        for name in (tag, digest):
            self.manifests[repository, name] = kind, content
        return digest

    def blob(self, content: bytes) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return {"digest": digest, "size": len(content)}

    def paths(self, word: str) -> list[str]:
        return [seen.path for seen in self.seen if word in seen.path]


@pytest.fixture
def fakes() -> Iterator[Callable[[], Fake]]:
    running: list[Fake] = []

    def start() -> Fake:
        fake = Fake()
        threading.Thread(target=fake.serve_forever, args=(0.01,), daemon=True).start()
        running.append(fake)
        return fake

    yield start
    for fake in running:
        fake.shutdown()
        fake.server_close()


@pytest.fixture
def fake(fakes: Callable[[], Fake]) -> Fake:
    return fakes()


@pytest.fixture
def push(make: SimpleNamespace) -> Callable[..., str]:
    """Put an image with these layers into a fake registry; gives its digest."""

    def push(
        fake: Fake, name: str, *layers: bytes, platform: str = "linux/amd64", packing: str = "gzip", created: str = ""
    ) -> str:
        repository, _, tag = name.partition(":")
        layout = make.Layout()
        entry = layout.image(layers, packing, platform)
        content = layout.files[f"blobs/{entry['digest'].replace(':', '/')}"]
        document = json.loads(content)
        if created:
            config = layout.files.pop(f"blobs/{document['config']['digest'].replace(':', '/')}")
            changed = json.dumps(json.loads(config) | {"created": created}).encode()
            document["config"] |= fake.blob(changed)
        for path, data in layout.files.items():
            if path.startswith("blobs/") and data is not content:
                fake.blob(data)
        return fake.manifest(repository, tag, document, f"{OCI}manifest.v1+json")

    return push


class Known:
    """Logins made up for a test."""

    def __init__(self, login: Login | None = None) -> None:
        self.asked: list[str] = []
        self._login = login

    def login(self, host: str, url: str) -> Login | None:
        self.asked.append(host)
        return self._login


@pytest.fixture
def reach() -> Iterator[Callable[..., Registries]]:
    """Registries with a login of the test's own; nobody sleeps."""
    made: list[Registries] = []

    def reach(login: Login | None = None, limits: Limits = DEFAULT, logins: Logins | None = None) -> Registries:
        # the loopback needs no proxy: this one would lead nowhere
        access = Access(proxies={"http": "http://127.0.0.1:9", "https": "http://127.0.0.1:9"})
        made.append(Registries(access, limits, logins=logins or Known(login), sleep=lambda seconds: None))
        return made[-1].__enter__()

    yield reach
    for registries in made:
        registries.__exit__()


@pytest.fixture
def robot() -> Login:
    return Login(username=USER, password=SECRET)


@pytest.fixture
def secret() -> str:
    return SECRET
