"""Azure Resource Manager over HTTP: whole lists, busy servers waited for, and errors that name what is missing."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from seawall.errors import FetchError, InputError, Malformed, UsageError
from seawall.safe import json
from seawall.safe.http import Client
from seawall.safe.http_rules import BUSY, pause
from seawall.sources.clusters.azure.calls import GRAPH, Call, Query

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+", re.IGNORECASE)
_CODE = re.compile(r"\w{1,80}", re.ASCII)


class Token(Protocol):
    """What `azure.core.credentials.AccessToken` has of use here."""

    @property
    def token(self) -> str: ...


class Credential(Protocol):
    """Any credential of azure-identity. It raises SeawallError when there is no login."""

    def get_token(self, *scopes: str) -> Token: ...


class Page(msgspec.Struct, frozen=True):
    """A page of a list: https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#collections."""

    value: list[dict[str, Any]]
    nextLink: str | None = None  # noqa: N815


class Rows(msgspec.Struct, frozen=True):
    """A page of Resource Graph: https://learn.microsoft.com/azure/governance/resource-graph/concepts/paging-results."""

    data: list[dict[str, Any]]
    total: int = msgspec.field(name="totalRecords")
    skip_token: str | None = msgspec.field(name="$skipToken", default=None)


class _Answer(msgspec.Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The error code, such as AuthorizationFailed; the message beside it may hold anything and is not shown."""
        try:
            code = json.load(self.body, where="")["error"]["code"]
        except (InputError, KeyError, TypeError, IndexError):
            return ""
        return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


class Arm:
    """One cloud, seen with one login; threads may share it.

    `endpoint` is the address of ARM, https unless it is a loopback address; tokens go nowhere else. `audience` is the
    scope of the tokens. `sleep` waits some seconds. `pages` bounds one list, so that one which never ends does end.
    """

    def __init__(
        self,
        endpoint: str,
        audience: str,
        credential: Credential,
        client: Client,
        *,
        sleep: Callable[[float], None] = time.sleep,
        pages: int = 10_000,
    ) -> None:
        self._origin = _origin(endpoint)
        if self._origin[0] != "https" and self._origin[1] not in _LOOPBACK:
            raise UsageError("a token must not travel without TLS", where=endpoint, hint="give an https address")
        self._endpoint = endpoint.rstrip("/")
        self._audience = audience
        self._credential = credential
        self._client = client
        self._sleep = sleep
        self._pages = pages
        self._lock = threading.Lock()
        self._token = ""

    def log_in(self) -> None:
        """Fetch the first token. Raises SeawallError."""
        self._fresh_token("")

    def items(self, call: Call, scope: str = "") -> list[dict[str, Any]]:
        """All items of a list, of all its pages. Raises FetchError, InputError."""
        items: list[dict[str, Any]] = []
        url, where = self._url(call, scope), scope or call.path
        for _ in range(self._pages):
            answer = self._ask(call, url, where)
            if answer.status >= 300:
                return items
            page = json.decode(answer.body, Page, where=where)
            items += page.value
            if not page.nextLink:
                return items
            if _origin(page.nextLink) != self._origin:
                raise Malformed("the next page of the list is on another server, which is not followed", where=where)
            url = self._endpoint + urlunsplit(("", "", *urlsplit(page.nextLink)[2:4], ""))
        raise Malformed(f"the list has more than {self._pages:,} pages", where=where)

    def item(self, call: Call, scope: str) -> dict[str, Any]:
        """One resource. Raises FetchError, InputError."""
        answer = self._ask(call, self._url(call, scope), scope)
        return json.decode(answer.body, dict[str, Any], where=scope)

    def graph(self, query: Query, subscriptions: list[str]) -> list[dict[str, Any]]:
        """All rows that Resource Graph has for `query`. Raises FetchError, InputError, also where rows are missing."""
        rows: list[dict[str, Any]] = []
        where = f"/subscriptions/{subscriptions[0]}" + (f" and {rest} more" if (rest := len(subscriptions) - 1) else "")
        options: dict[str, Any] = {"resultFormat": "objectArray", "$top": 1000, **query.options}
        asked = {"subscriptions": subscriptions, "query": query.kql, "options": options}
        for _ in range(self._pages):
            answer = self._ask(GRAPH, self._url(GRAPH, ""), where, msgspec.json.encode(asked))
            page = json.decode(answer.body, Rows, where=where)
            rows += page.data
            if not page.skip_token:
                break
            options["$skipToken"] = page.skip_token
            self._sleep(min(_until_quota(answer.headers), self._client.limits.http_wait))
        if len(rows) < page.total:
            raise Malformed(f"{GRAPH.noun} gave {len(rows):,} of {page.total:,} {query.noun}", where=where)
        return rows

    def _url(self, call: Call, scope: str) -> str:
        return f"{self._endpoint}{quote(call.path.format(scope=scope))}?api-version={call.version}"

    def _ask(self, call: Call, url: str, where: str, body: bytes | None = None) -> _Answer:
        """The answer, once the server is ready for us; a status above 299 means that there is none of it."""
        token = self._fresh_token("")
        stale = False
        for attempt in self._attempts():
            answer = self._send(call.method, url, token, body)
            wait = max(pause(attempt, answer.headers), _until_quota(answer.headers))
            if answer.status < 300 or answer.code in call.none:
                return answer
            if answer.status == 401 and not stale:
                token, stale = self._fresh_token(token), True
            elif answer.status not in {500, *BUSY} or wait > self._client.limits.http_wait:
                break
            elif attempt < self._client.limits.http_retries:
                self._sleep(wait)
        raise _refusal(call, answer, where)

    def _attempts(self) -> Iterator[int]:
        return iter(range(self._client.limits.http_retries + 1))

    def _send(self, method: str, url: str, token: str, body: bytes | None) -> _Answer:
        """One answer, whatever its status. Redirects are not followed."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        headers |= {"Content-Type": "application/json"} if body else {}
        for attempt in self._attempts():
            with self._client.request(method, url, headers=headers, body=body, returns=range(300, 600)) as response:
                try:
                    return _Answer(status=response.status, headers=response.headers, body=response.read())
                except FetchError:  # the body was cut
                    if attempt == self._client.limits.http_retries:
                        raise
            self._sleep(pause(attempt, {}))
        raise AssertionError("the last attempt returns or raises")

    def _fresh_token(self, stale: str) -> str:
        """The token that all threads share, or a new one where it is still the `stale` one."""
        with self._lock:
            if self._token == stale:
                self._token = self._credential.get_token(self._audience).token
            return self._token


def _until_quota(headers: Mapping[str, str]) -> int:
    """Seconds before Resource Graph takes another question; 0 where it does now. The headers count, and give hh:mm:ss.

    https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
    """
    resets = re.fullmatch(r"(\d+):(\d+):(\d+)", headers.get("x-ms-user-quota-resets-after", ""))
    if headers.get("x-ms-user-quota-remaining") != "0" or not resets:
        return 0
    hours, minutes, seconds = map(int, resets.groups())
    return hours * 3600 + minutes * 60 + seconds


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port, by which a server is known."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", "", None


def _refusal(call: Call, answer: _Answer, where: str) -> FetchError:
    """The error for a status that is none of use, with the way out."""
    status = answer.status
    said = f"HTTP status {status}" + (f", {answer.code}" if answer.code else "")
    scope = found[0] if (found := _SUBSCRIPTION.match(where)) else where
    message, hint = f"Azure answers with {said}", ""
    if status == 401:
        message = f"Azure does not accept the login: {said}"
        hint = "log in again: `az login`, with `--tenant TENANT` if this belongs to another tenant"
    elif status == 403:
        message = f"the login may not read {call.noun}: {said}"
        hint = f"it needs the action {call.action} on {scope}: the role of deploy/azure-role.json has it, and Reader"
    elif status == 404:
        message = f"Azure knows no such thing: {said}"
        hint = "check the name, and with `az account list` that the login belongs to the right tenant"
    elif status == 429:
        message, hint = f"Azure is asked too much: {said}", "try again in some minutes, or ask for less"
    elif status >= 500:
        message, hint = f"Azure has a fault of its own: {said}", "try again later"
    elif status < 400:
        message, hint = f"Azure redirects, which is not followed: {said}", "check --cloud, and the proxy"
    elif answer.code in ("NoRegisteredProviderFound", "InvalidResourceType", "InvalidApiVersionParameter"):
        message = f"this cloud does not offer {call.noun} in version {call.version}: {said}"
    return FetchError(message, where=where, hint=hint, status=status)
