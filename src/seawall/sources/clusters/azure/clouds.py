"""The clouds of Azure: where their management and their logins are.

Source: `az cloud list`, and `get_arm_endpoints` of azure-mgmt-core 1.6.
"""

from __future__ import annotations

import msgspec


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """`endpoint` is where ARM answers, `audience` the scope of a token for it, `authority` the host of the login."""

    endpoint: str
    audience: str
    authority: str


CLOUDS = {
    "AzureCloud": Cloud(
        endpoint="https://management.azure.com",
        audience="https://management.azure.com/.default",
        authority="login.microsoftonline.com",
    ),
    "AzureChinaCloud": Cloud(
        endpoint="https://management.chinacloudapi.cn",
        audience="https://management.chinacloudapi.cn/.default",
        authority="login.chinacloudapi.cn",
    ),
    "AzureUSGovernment": Cloud(
        endpoint="https://management.usgovcloudapi.net",
        audience="https://management.core.usgovcloudapi.net/.default",
        authority="login.microsoftonline.us",
    ),
}
"""By the name that `az cloud set` knows."""
