"""Azure on the loopback: answers as Azure Resource Manager shapes them, to a login that is made up."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from seawall.errors import SeawallError
from seawall.safe.http import Client
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.azure.arm import Arm
from seawall.sources.clusters.azure.calls import CALLS
from seawall.sources.clusters.azure.read import Reading, read
from seawall.sources.clusters.azure.scope import Scope

AUDIENCE = "https://management.example/.default"
ONE = "00000000-0000-0000-0000-000000000001"
TWO = "00000000-0000-0000-0000-000000000002"
LIST = "/providers/Microsoft.ContainerService/managedClusters"
ACR_PULL = "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"


class Token(NamedTuple):
    token: str
    expires_on: int = 0


class MadeUp:
    """A credential that counts: each token is a new one, and only the newest is taken."""

    def __init__(self, error: SeawallError | None = None) -> None:
        self.given = 0
        self.scopes: set[str] = set()
        self.error = error

    @property
    def newest(self) -> str:
        return f"s3cr3t-token-{self.given}"

    def get_token(self, *scopes: str) -> Token:
        if self.error:
            raise self.error
        self.given += 1
        self.scopes |= set(scopes)
        return Token(self.newest)


class Fault(NamedTuple):
    """An answer instead of the right one. `sent`: how much of the body goes out before the connection is cut."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012
    sent: int | None = None


def refused(status: int, code: str = "", **headers: str) -> Fault:
    """An error as Azure writes it. Its message holds what no report may show."""
    body = json.dumps({"error": {"code": code, "message": "client 's3cr3t-object-id' is not allowed"}}).encode()
    return Fault(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def cluster(name: str, subscription: str = ONE, group: str = "prod", **properties: Any) -> dict[str, Any]:
    """A cluster as a list of ARM holds it."""
    return {
        "id": f"/subscriptions/{subscription}/resourcegroups/{group}{LIST}/{name}",
        "name": name,
        "type": "Microsoft.ContainerService/ManagedClusters",
        "location": "westeurope",
        "sku": {"name": "Base", "tier": "Standard"},
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "kubernetesVersion": "1.35.1",
            "dnsPrefix": name,
            "enableRBAC": True,
            "agentPoolProfiles": [{"name": "nodes", "count": 3, "mode": "System", "osType": "Linux"}],
            "networkProfile": {"networkPlugin": "azure", "networkPolicy": "cilium", "networkDataplane": "cilium"},
            "identityProfile": {"kubeletidentity": {"objectId": f"kubelet-of-{name}"}},
            **properties,
        },
    }


def role(subscription: str, principal: str) -> dict[str, Any]:
    """AcrPull on a subscription, as a row of Resource Graph."""
    return {
        "id": f"/subscriptions/{subscription}/providers/microsoft.authorization/roleassignments/{principal}",
        "name": principal,
        "type": "microsoft.authorization/roleassignments",
        "properties": {"principalId": principal, "roleDefinitionId": ACR_PULL},
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # headers and body in one packet: two would wait for each other
    server: Cloud

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.lock.acquire()
        try:
            answer = self.server.answer(self.command, self.path, self.headers, self.rfile.read(length))
        finally:
            self.server.lock.release()
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: answer.sent])
        self.close_connection = answer.sent is not None

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


class Cloud(ThreadingHTTPServer):
    """ARM. `items` are the lists by path, `rows` those of Resource Graph; `faults` go first, each list once through."""

    daemon_threads = True
    cluster = staticmethod(cluster)
    refused = staticmethod(refused)
    role = staticmethod(role)
    Fault = Fault

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.login = MadeUp()
        self.page = 100
        self.items: dict[str, list[Any]] = {}
        self.fleet: list[Any] = []
        self.roles: list[Any] = []
        self.faults: dict[str, list[Fault]] = {}
        self.graph_headers: dict[str, str] = {}
        self.seen: list[tuple[str, str]] = []
        self.strangers: list[str] = []
        """Requests that the table of calls does not hold."""
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def holds(self, *clusters: dict[str, Any]) -> None:
        """Put clusters where lists find them."""
        for body in clusters:
            subscription, group = body["id"].lower().split("/")[2:5:2]
            for scope in (f"/subscriptions/{subscription}", f"/subscriptions/{subscription}/resourcegroups/{group}"):
                self.items.setdefault((scope + LIST).lower(), []).append(body)
            self.items[body["id"].lower()] = body  # type: ignore[assignment] # one resource, no list

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Fault:
        url = urlsplit(target)
        path, query = unquote(url.path).lower(), parse_qs(url.query)
        self.seen.append((method, path))
        if not any(
            method == call.method
            and query["api-version"] == [call.version]
            and re.fullmatch(re.escape(call.path.lower()).replace(r"\{scope\}", ".+"), path)
            for call in CALLS
        ):
            self.strangers.append(f"{method} {target}")
        for end, faults in self.faults.items():
            if path.endswith(end.lower()) and faults:
                return faults.pop(0)
        if headers["Authorization"] != f"Bearer {self.login.newest}":
            return refused(401, "ExpiredAuthenticationToken")
        if method == "POST":
            return self.graph(json.loads(body))
        found = self.items.get(path)
        if found is None and path.endswith(LIST.lower()):
            found = []
        if found is None and not re.search(r"/managedclusters/[^/]+/", path):
            return refused(404, "ResourceNotFound")
        return self.whole(found or []) if not isinstance(found, list) and found else self.paged(found or [], target)

    def whole(self, body: Any) -> Fault:
        return Fault(200, json.dumps(body).encode())

    def paged(self, items: list[Any], target: str) -> Fault:
        first, _, skip = target.partition("&$skipToken=")
        start = int(skip or 0)
        page: dict[str, Any] = {"value": items[start : start + self.page]}
        if start + self.page < len(items):
            page["nextLink"] = f"{self.url}{first}&$skipToken={start + self.page}"
        return self.whole(page)

    def graph(self, asked: dict[str, Any]) -> Fault:
        rows = self.roles if "authorizationresources" in asked["query"] else self.fleet
        options = asked["options"]
        assert options["resultFormat"] == "objectArray"
        assert asked["subscriptions"]
        start = int(options.get("$skipToken", 0))
        page = {"totalRecords": len(rows), "data": rows[start : start + self.page], "resultTruncated": "false"}
        if start + self.page < len(rows):
            page["$skipToken"] = str(start + self.page)
        return self.whole(page)._replace(headers=self.graph_headers)

    def read(self, *subscriptions: str, limits: Limits = DEFAULT, pages: int = 100, **scope: Any) -> Reading:
        """What the program makes of it."""
        with Client(limits, user_agent="test", sleep=self.slept.append) as client:
            arm = Arm(self.url, AUDIENCE, self.login, client, sleep=self.slept.append, pages=pages)
            asked = Scope(subscriptions=subscriptions, **scope)
            return read(asked, arm=arm, limits=limits, say=lambda _: None)


@pytest.fixture
def clouds() -> Iterator[Callable[[], Cloud]]:
    running: list[Cloud] = []

    def start() -> Cloud:
        cloud = Cloud()
        threading.Thread(target=cloud.serve_forever, args=(0.01,), daemon=True).start()
        running.append(cloud)
        return cloud

    yield start
    for cloud in running:
        cloud.shutdown()
        cloud.server_close()
    assert not [stranger for cloud in running for stranger in cloud.strangers]


@pytest.fixture
def azure(clouds: Callable[[], Cloud]) -> Cloud:
    return clouds()
