"""AKS-API-011."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-011",
    severity=Severity.LOW,
    sets={"api_server.private": True},
    refs=[
        "https://learn.microsoft.com/azure/aks/private-clusters",
        "https://learn.microsoft.com/azure/aks/api-server-vnet-integration",
    ],
    passes=[gold()],
    fails=[gold({"api_server.private": False, "api_server.authorized_ranges": ("203.0.113.0/24",)})],
)
def api_server_public(cluster: Cluster) -> Verdicts:
    """The API server has a public address.

    ## Why it matters
    Authorised ranges, where there are any, are then all that stands between the internet and the API server; one entry
    too many opens it.

    ## Fix
    With API server VNet integration in place and back; without it only a new cluster can be private, and Terraform
    (azurerm) always replaces the cluster.

        az aks update -g GROUP -n NAME --enable-private-cluster
    """
    if not known(cluster.api_server.private):
        yield Fail("the API server is not private", field="api_server.private")
