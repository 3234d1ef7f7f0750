"""AKS-API-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-008",
    severity=Severity.LOW,
    sets={"api_server.public_network_access": "Disabled"},
    refs=["https://learn.microsoft.com/azure/aks/private-clusters", "https://github.com/Azure/AKS/issues/4188"],
    passes=[gold(), gold({"api_server.private": False, "api_server.public_network_access": "Enabled"})],
    fails=[gold({"api_server.public_network_access": value}) for value in ("Enabled", None)],
)
def public_network_access_on(cluster: Cluster) -> Verdicts:
    """Public network access is not denied on the private cluster.

    ## Why it matters
    The API server is private by its endpoint alone. With public access denied as well, the resource says so where
    policies and reviewers look for it.

    ## Fix
    In place, through the portal or the REST API; az has no flag for it. See what it is now:

        az aks show -g GROUP -n NAME --query publicNetworkAccess
    """
    if (
        known(cluster.api_server.private)
        and (known(cluster.api_server.public_network_access) or "").lower() != "disabled"
    ):
        yield Fail("public network access is not disabled", field="api_server.public_network_access")
