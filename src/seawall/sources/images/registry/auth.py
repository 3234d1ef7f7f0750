"""Conversations with one registry: its challenges answered, tokens kept by scope, and refusals put in words.

https://distribution.github.io/distribution/spec/auth/token/ and .../oauth/.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import msgspec

from seawall.errors import FetchError, SeawallError
from seawall.safe import json
from seawall.safe.http import Client, Response
from seawall.sources.images.registry.login import Login, Logins

_HEADER_MAX = 8192
_PIECE = re.compile(r'[\s,]*(?:(\w+)=(?:"([^"]*)"|([^\s,"]*))|([A-Za-z][\w-]*)(?=[\s,]|$))', re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
_CODE = re.compile(r"[A-Z_]{1,60}")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_REFUSED = frozenset({400, 401, 403, 404})
_CLIENT_ID = "seawall"


class _Token(msgspec.Struct, frozen=True):
    token: str = ""
    access_token: str = ""


class _Fault(msgspec.Struct, frozen=True):
    code: str = ""


class _Faults(msgspec.Struct, frozen=True):
    errors: tuple[_Fault, ...] = ()


def challenges(header: str) -> dict[str, dict[str, str]]:
    """The schemes of a `WWW-Authenticate` header, in lower case, with their parameters."""
    found: dict[str, dict[str, str]] = {}
    scheme, at, header = "", 0, header[:_HEADER_MAX]
    while piece := _PIECE.match(header, at):
        at = piece.end()
        if piece[4]:
            scheme = piece[4].lower()
            found.setdefault(scheme, {})
        elif scheme:
            found[scheme].setdefault(piece[1].lower(), piece[2] or piece[3] or "")
    return found


class Session:
    """One registry as one user of it; threads may share it. `url` is `scheme://host[:port]`."""

    def __init__(self, host: str, url: str, client: Client, *, logins: Logins) -> None:
        self.host, self.url = host, url
        self._client, self._logins = client, logins
        self._lock = threading.Lock()
        self._granted: dict[str, str] = {}
        self._login: Login | None = None
        self._asked = False

    def send(
        self, path: str, *, scope: str, method: str = "GET", headers: Mapping[str, str] | None = None, offset: int = 0
    ) -> Response:
        """The answer to a request, after logging in if need be; 404 is an answer too. Raises FetchError.

        `scope` is the right that the request needs, in the words of the token server.
        """
        grant = self._granted.get(scope, "")
        response = self._send(method, path, headers, offset, grant)
        if response.status == 401 and self._is_ours(response):
            challenge = response.headers.get("WWW-Authenticate", "")
            response.close()
            response = self._send(method, path, headers, offset, self._grant(challenge, scope, grant))
        if response.status in (401, 403):
            response.close()
            raise self._refusal(path, response.status)
        return response

    def error(self, response: Response) -> str:
        """The code of the first error that the registry's answer names, "" for none. Closes the answer."""
        try:
            with response:
                faults = json.decode(response.read(limit="registry_bytes"), _Faults, where=self.url).errors
        except SeawallError:  # only a word for people is lost
            return ""
        return faults[0].code if faults and _CODE.fullmatch(faults[0].code) else ""

    def _send(self, method: str, path: str, headers: Mapping[str, str] | None, offset: int, grant: str) -> Response:
        asked = {**(headers or {}), **({"Authorization": grant} if grant else {})}
        if method == "GET":
            return self._client.get(self.url + path, headers=asked, offset=offset, returns=(401, 403, 404))
        return self._client.request(method, self.url + path, headers=asked, returns=(401, 403, 404))

    def _is_ours(self, response: Response) -> bool:
        """False for an answer from where a redirect led to."""
        return urlsplit(response.url).netloc == urlsplit(self.url).netloc

    def _grant(self, challenge: str, scope: str, refused: str) -> str:
        """The `Authorization` for this scope; another thread may have fetched it meanwhile."""
        with self._lock:
            if (granted := self._granted.get(scope, "")) != refused:
                return granted
            if not self._asked:
                self._login, self._asked = self._logins.login(self.host, self.url), True
            found = challenges(challenge)
            if "bearer" in found:
                grant = f"Bearer {self._token(found['bearer'], scope)}"
            elif "basic" in found and self._login:
                grant = _basic(self._login)
            else:
                raise self._refusal("", 401)
            self._granted[scope] = grant
            return grant

    def _token(self, asked: Mapping[str, str], scope: str) -> str:
        realm, login = asked.get("realm", ""), self._login
        if urlsplit(realm).scheme not in ("https", urlsplit(self.url).scheme):
            raise FetchError("the registry names no safe place to log in", where=self.url)
        form = {"service": asked.get("service", ""), "scope": asked.get("scope") or scope}
        if login and login.identity_token:
            form |= {"grant_type": "refresh_token", "client_id": _CLIENT_ID, "refresh_token": login.identity_token}
            body = urlencode(form).encode()
            response = self._client.request("POST", realm, headers=_FORM, body=body, returns=_REFUSED)
        else:
            headers = {"Authorization": _basic(login)} if login else {}
            address = realm + ("&" if "?" in realm else "?") + urlencode(form)
            response = self._client.get(address, headers=headers, returns=_REFUSED)
        with response:
            if response.status in _REFUSED:
                raise self._refusal("", response.status)
            answer = json.decode(response.read(limit="registry_bytes"), _Token, where=realm.partition("?")[0])
        token = answer.token or answer.access_token
        if not _TOKEN.fullmatch(token):
            raise FetchError("the registry's token server sends no token", where=self.url)
        return token

    def _refusal(self, path: str, status: int) -> FetchError:
        known = "this login may not read it" if self._login else "it wants a login, and there is none"
        name = self.host.partition(".")[0]
        azure = f", or az acr login --name {name}" if ".azurecr." in self.host else ""
        hint = f"log in with docker login {self.host}{azure}"
        if self._login:
            hint = "check the name, and that this login has the right to pull (in Azure, the role AcrPull)"
        return FetchError(f"the registry refuses: {known}", where=self.url + path, hint=hint, status=status)


def _basic(login: Login) -> str:
    return "Basic " + base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
