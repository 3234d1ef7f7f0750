"""AKS-NET-009."""

from __future__ import annotations

from collections.abc import Mapping

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known

_TYPE = "network.outbound_type"
_ISOLATED: Mapping[str, object] = {"network.artifact_source": "Cache", _TYPE: "block"}


@check(
    "AKS-NET-009",
    severity=Severity.LOW,
    sets={_TYPE: "userDefinedRouting"},
    refs=[
        "https://learn.microsoft.com/azure/aks/egress-outboundtype",
        "https://learn.microsoft.com/azure/aks/limit-egress-traffic",
    ],
    passes=[gold(), gold({_TYPE: None}), gold({_TYPE: "block"})],
    fails=[
        gold({_TYPE: "loadBalancer"}),
        gold({_TYPE: "managedNATGateway", "pool.subnet": None}),
    ],
)
def egress_open(cluster: Cluster) -> Verdicts:
    """Pods and nodes can connect to any address on the internet.

    ## Why it matters
    Stolen data leaves, and malware fetches its next part, by a path that nothing inspects or logs.

    ## Fix
    In a network of your own: a route to a firewall, which must be there first. In a network that AKS made: no egress at
    all (`block`), with images from a cache. Connections break at the change, and the egress address is another one.

        az aks update -g GROUP -n NAME --outbound-type userDefinedRouting
    """
    outbound = known(cluster.network.outbound_type) or "none"
    if outbound.lower() in ("none", "block", "userdefinedrouting"):
        return
    managed = is_known(cluster.pools) and cluster.pools and all(pool.subnet is None for pool in cluster.pools)
    yield Fail(f"outbound type {outbound}: egress is open", field=_TYPE, sets=_ISOLATED if managed else None)
