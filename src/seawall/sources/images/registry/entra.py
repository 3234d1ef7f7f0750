"""Logins to Azure Container Registry with an identity of Entra, no password kept anywhere.

The identity's access token is exchanged at the registry for a refresh token, which is an identity token to the usual
flow: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md. Access tokens come, in this order, from a client secret,
a federated token file (AKS workload identity), `az` where it is installed and logged in, and the managed identity of
the machine (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec

from seawall.errors import FetchError, SeawallError
from seawall.safe import files, json
from seawall.safe.http import Client
from seawall.sources.images.registry.access import Identity
from seawall.sources.images.registry.login import Login, Run, run

AUDIENCE = "https://containerregistry.azure.net"
SUFFIXES = (".azurecr.io", ".azurecr.cn", ".azurecr.us")
METADATA = "http://169.254.169.254"

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Token(msgspec.Struct, frozen=True):
    access_token: str = ""
    refresh_token: str = ""


class _Az(msgspec.Struct, frozen=True, rename="camel"):
    access_token: str
    tenant: str = ""


class Entra:
    """Logins for the registries whose host ends in one of `suffixes`. `near` reaches the machine's own metadata."""

    def __init__(
        self,
        identity: Identity,
        *,
        client: Client,
        near: Client,
        run: Run = run,
        suffixes: tuple[str, ...] = SUFFIXES,
        metadata: str = METADATA,
    ) -> None:
        self._identity, self._client, self._near, self._run = identity, client, near, run
        self._suffixes, self._metadata = suffixes, metadata

    def login(self, host: str, url: str) -> Login | None:
        """None where there is no identity: the registry may let anybody in. Raises FetchError where one is refused."""
        if not host.endswith(self._suffixes):
            return None
        access, tenant = self._access_token()
        if not access:
            return None
        form = {"grant_type": "access_token", "service": host, "access_token": access}
        answer = self._post(f"{url}/oauth2/exchange", form | ({"tenant": tenant} if tenant else {}))
        if not answer.refresh_token:
            raise FetchError("the registry gives no token for this identity", where=f"{url}/oauth2/exchange")
        return Login(identity_token=answer.refresh_token)

    def _access_token(self) -> tuple[str, str]:
        me = self._identity
        if me.tenant and me.client_id and me.client_secret:
            return self._service_principal({"client_secret": me.client_secret}), me.tenant
        if me.tenant and me.client_id and me.token_file:
            proof = files.read(Path(me.token_file)).decode(errors="replace").strip()
            return self._service_principal({"client_assertion_type": _BEARER, "client_assertion": proof}), me.tenant
        return self._from_az() or (self._managed(), me.tenant)

    def _service_principal(self, proof: dict[str, str]) -> str:
        me = self._identity
        form = {"client_id": me.client_id, "grant_type": "client_credentials", "scope": f"{AUDIENCE}/.default"}
        return self._post(f"{me.authority}/{quote(me.tenant, safe='')}/oauth2/v2.0/token", form | proof).access_token

    def _from_az(self) -> tuple[str, str] | None:
        code, printed = self._run(("az", "account", "get-access-token", "--resource", AUDIENCE, "--output", "json"), "")
        if code:
            return None
        try:
            answer = json.decode(printed.encode(), _Az, where="az account get-access-token")
        except SeawallError:
            return None
        return answer.access_token, answer.tenant

    def _managed(self) -> str:
        """The managed identity's token; "" on a machine that has none, as most."""
        query = {"api-version": "2018-02-01", "resource": AUDIENCE}
        query |= {"client_id": self._identity.client_id} if self._identity.client_id else {}
        address = f"{self._metadata}/metadata/identity/oauth2/token?{urlencode(query)}"
        try:
            with self._near.get(address, headers={"Metadata": "true"}) as answer:
                return json.decode(answer.read(limit="registry_bytes"), _Token, where=self._metadata).access_token
        except SeawallError:
            return ""

    def _post(self, url: str, form: dict[str, str]) -> _Token:
        try:
            with self._client.request("POST", url, headers=_FORM, body=urlencode(form).encode()) as answer:
                return json.decode(answer.read(limit="registry_bytes"), _Token, where=url)
        except FetchError as error:
            if error.status in (400, 401, 403):
                hint = "check the identity (AZURE_CLIENT_ID, AZURE_TENANT_ID…) and that it has the role AcrPull"
                raise FetchError("the login is refused", where=url, hint=hint, status=error.status) from None
            raise
