"""AKS-API-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-001",
    severity=Severity.HIGH,
    sets={"api_server.authorized_ranges": ("0.0.0.0/32",)},
    refs=[
        "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
        "https://learn.microsoft.com/azure/aks/api-server-vnet-integration",
    ],
    passes=[
        gold({"api_server.private": True, "api_server.authorized_ranges": ()}),
        gold({"api_server.private": False, "api_server.authorized_ranges": ("203.0.113.0/24",)}),
    ],
    fails=[gold({"api_server.private": False})],
)
def api_server_open_to_all(cluster: Cluster) -> Verdicts:
    """The API server is public and accepts connections from every address.

    ## Why it matters
    Anyone on the internet can try stolen credentials and the next flaw of the API server. A private cluster is not
    asked about ranges: it has no public address.

    ## Fix
    List the addresses that may connect: yours, your pipelines' and the cluster's own egress, separated by commas. In
    place and reversible, Standard load balancer only. `0.0.0.0/32` admits the nodes and nobody else.

        az aks update -g GROUP -n NAME --api-server-authorized-ip-ranges 0.0.0.0/32,YOUR_EGRESS_ADDRESS/32

    To go private instead without a new cluster, turn on API server VNet integration first. It is one-way, reimages
    all pools, and needs a stop and start by hand. Terraform (azurerm) always replaces the cluster for it.
    """
    if not known(cluster.api_server.private) and not known(cluster.api_server.authorized_ranges):
        yield Fail(
            "the API server is public and has no authorised address ranges; the change shown admits the nodes only, "
            "so add your own addresses to it",
            field="api_server.authorized_ranges",
        )
