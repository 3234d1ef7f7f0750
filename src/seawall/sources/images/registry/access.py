"""How registries are reached, as the door has read it from options and environment. Light to import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who we are in Entra, as AZURE_TENANT_ID, AZURE_CLIENT_ID and the like say it; all may be empty."""

    tenant: str = ""
    client_id: str = ""
    client_secret: str = ""
    token_file: str = ""
    authority: str = "https://login.microsoftonline.com"

    def __repr__(self) -> str:
        return "Identity(…)"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """`insecure` are hosts (`HOST[:PORT]`) without trusted TLS, or without any; the loopback is one always.

    `docker_config` is Docker's `config.json`, which may be missing. `ca_file` is trusted in place of the system's
    authorities. `proxies` are as `safe.http.Client` takes them.
    """

    docker_config: Path | None = None
    identity: Identity = Identity()
    proxies: Mapping[str, str] = {}
    ca_file: str | None = None
    insecure: frozenset[str] = frozenset()
    user_agent: str = "seawall"

    def __repr__(self) -> str:
        return "Access(…)"
