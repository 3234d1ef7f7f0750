"""AKS-API-009."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-009",
    severity=Severity.INFO,
    sets={"api_server.vnet_integration": True},
    refs=["https://learn.microsoft.com/azure/aks/api-server-vnet-integration"],
    passes=[gold()],
    fails=[gold({"api_server.vnet_integration": False})],
)
def vnet_integration_off(cluster: Cluster) -> Verdicts:
    """The API server is not integrated in the virtual network.

    ## Why it matters
    With the integration, nodes reach the API server inside the network, with no tunnel and no private link, and the
    cluster can be made private or public later in place. Without it, private is settled when the cluster is created.

    ## Fix
    It is a one-way door: all pools are reimaged, the API server's address changes, and the cluster must be stopped and
    started by hand straight after. It needs a delegated subnet of /28 or more. Choose it for new clusters.

        az aks update -g GROUP -n NAME --enable-apiserver-vnet-integration --apiserver-subnet-id SUBNET_ID
    """
    if not known(cluster.api_server.vnet_integration):
        yield Fail("API server VNet integration is off", field="api_server.vnet_integration")
