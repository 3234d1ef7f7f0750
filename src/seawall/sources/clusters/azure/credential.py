"""The login: azure-identity's chain, without the ways that cannot be meant here.

In this order: a service principal named in the environment, workload identity, managed identity, `az login`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seawall.errors import FetchError, UsageError
from seawall.sources.clusters.azure.arm import Credential, Token
from seawall.sources.clusters.azure.clouds import Cloud


def credential(cloud: Cloud, *, device_code: bool, show: Callable[[str], None]) -> Credential:
    """The login to `cloud`; with `device_code` a person is asked, through `show`, to enter a code in a browser.

    Raises UsageError where azure-identity is not installed. Its `get_token` raises FetchError.
    """
    try:
        from azure.identity import DefaultAzureCredential, DeviceCodeCredential
    except ImportError:
        hint = "pip install 'seawall[azure]'"
        raise UsageError("reading live clusters needs the package azure-identity", hint=hint) from None
    import logging

    logging.getLogger("azure").setLevel(logging.CRITICAL)  # it logs what it also raises
    if device_code:

        def prompt(address: str, code: str, _: object) -> None:
            show(f"open {address} and enter the code {code}")

        return Login(DeviceCodeCredential(authority=cloud.authority, prompt_callback=prompt))
    return Login(
        DefaultAzureCredential(
            authority=cloud.authority,
            exclude_broker_credential=True,
            exclude_developer_cli_credential=True,
            exclude_powershell_credential=True,
            exclude_shared_token_cache_credential=True,
            exclude_visual_studio_code_credential=True,
        )
    )


class Login:
    """A credential of azure-identity whose errors are ours."""

    def __init__(self, chosen: Any) -> None:
        self._chosen = chosen

    def get_token(self, *scopes: str) -> Token:
        from azure.core.exceptions import AzureError

        try:
            token: Token = self._chosen.get_token(*scopes)
        except AzureError as error:
            tried = "; ".join(line.strip() for line in str(error).splitlines() if line.startswith("\t"))
            message = "there is no login to Azure that works" + (f": {tried[:1000]}" if tried else "")
            hint = "log in with `az login`; in a pipeline or a pod, use workload identity or a managed identity"
            raise FetchError(message, hint=hint) from None
        return token
