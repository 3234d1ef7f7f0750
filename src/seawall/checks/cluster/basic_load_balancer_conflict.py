"""AKS-API-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known

_BASIC = {"network.load_balancer_sku": "basic"}


@check(
    "AKS-API-007",
    severity=Severity.MEDIUM,
    sets={"network.load_balancer_sku": "standard"},
    refs=["https://learn.microsoft.com/azure/aks/private-clusters"],
    passes=[gold(), gold({**_BASIC, "api_server.private": False})],
    fails=[
        gold(_BASIC),
        gold({**_BASIC, "api_server.private": False, "api_server.authorized_ranges": ("203.0.113.0/24",)}),
    ],
)
def basic_load_balancer_conflict(cluster: Cluster) -> Verdicts:
    """The API server is restricted in a way that a Basic load balancer does not support.

    ## Why it matters
    Private clusters and authorised address ranges need the Standard load balancer; AKS refuses them with the Basic one.

    ## Fix
    Change the load balancer first: in place, with downtime and no way back.

        az aks update -g GROUP -n NAME --load-balancer-sku standard
    """
    if (known(cluster.network.load_balancer_sku) or "").lower() != "basic":
        return
    private, ranges = cluster.api_server.private, cluster.api_server.authorized_ranges
    if (is_known(private) and private) or (is_known(ranges) and ranges):
        what = "a private cluster" if is_known(private) and private else "authorised ranges"
        yield Fail(f"AKS refuses {what} with a Basic load balancer", field="network.load_balancer_sku")
    else:
        known(private), known(ranges)
