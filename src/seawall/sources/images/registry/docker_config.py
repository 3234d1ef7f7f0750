"""Logins as `docker login`, `podman login` and `az acr login` leave them: `config.json` and its credential helpers.

https://github.com/docker/cli/blob/master/cli/config/configfile/file.go and
https://github.com/docker/docker-credential-helpers#development say what is in them.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

import msgspec

from seawall.errors import Malformed, UsageError
from seawall.safe import files, json
from seawall.sources.images.registry.login import Login, Run, run
from seawall.sources.images.registry.reference import HUB

_HUB_KEY = "https://index.docker.io/v1/"
_HELPER = re.compile(r"[\w.-]{1,100}", re.ASCII)
_TOKEN_USER = "<token>"  # noqa: S105 - the name by which helpers say that the secret is an identity token
_NOT_FOUND = "credentials not found"


class _Auth(msgspec.Struct, frozen=True, rename="lower"):
    auth: str = ""
    username: str = ""
    password: str = ""
    identity_token: str = msgspec.field(name="identitytoken", default="")


class _Config(msgspec.Struct, frozen=True, rename="camel"):
    auths: dict[str, _Auth | None] | None = None
    cred_helpers: dict[str, str] | None = None
    creds_store: str = ""


class _Secret(msgspec.Struct, frozen=True, rename="pascal"):
    username: str = ""
    secret: str = ""


class DockerConfig:
    """The logins of one `config.json`, which may be missing. It is read when the first one is asked for."""

    def __init__(self, path: Path, *, run: Run = run) -> None:
        self._path, self._run = path, run
        self._config: _Config | None = None

    def login(self, host: str, url: str) -> Login | None:
        """A registry's own helper, else the store for all, else what the file holds itself."""
        config, key = self._read(), _HUB_KEY if host == HUB else host
        helper = (config.cred_helpers or {}).get(host) or config.creds_store
        return (self._ask(helper, key) if helper else None) or self._own(config, host)

    def _read(self) -> _Config:
        if self._config is None:
            where = str(self._path)
            try:
                missing = not self._path.exists()
            except OSError:
                missing = True
            self._config = _Config() if missing else json.decode(files.read(self._path), _Config, where=where)
        return self._config

    def _own(self, config: _Config, host: str) -> Login | None:
        for key, auth in (config.auths or {}).items():
            name = key.partition("://")[2] or key
            name = name.partition("/")[0]
            if auth is None or (HUB if name == "index.docker.io" else name) != host:
                continue
            username, password = auth.username, auth.password
            if auth.auth:
                username, password = self._decode(auth.auth, key)
            if auth.identity_token or username:
                return Login(username=username, password=password, identity_token=auth.identity_token)
        return None

    def _decode(self, text: str, key: str) -> tuple[str, str]:
        try:
            user, colon, password = base64.b64decode(text).decode().partition(":")
        except (binascii.Error, ValueError):
            colon = ""
        if not colon:
            raise Malformed(
                f"the login for {key} cannot be read", where=str(self._path), hint=f"log in again: docker login {key}"
            )
        return user, password.rstrip("\0")

    def _ask(self, helper: str, key: str) -> Login | None:
        """What a credential helper says. Its output is a secret, and is never shown."""
        program = f"docker-credential-{helper}"
        if not _HELPER.fullmatch(helper):
            raise UsageError("names a credential helper that cannot be one", where=str(self._path))
        code, printed = self._run((program, "get"), key)
        if code:
            if code != 127 and _NOT_FOUND in printed:
                return None
            what = "is not installed" if code == 127 else f"fails with exit code {code}"
            hint = f"{self._path} names it; try: echo {key} | {program} get"
            raise UsageError(f"the credential helper {what}", where=program, hint=hint)
        try:
            found = json.decode(printed.encode(), _Secret, where=program)
        except Malformed:
            raise Malformed("the credential helper does not answer with JSON", where=program) from None
        if found.username == _TOKEN_USER:
            return Login(identity_token=found.secret)
        return Login(username=found.username, password=found.secret) if found.username else None
