"""AKS-NET-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-NET-010",
    severity=Severity.HIGH,
    sets={"network.artifact_source": "Cache"},
    refs=["https://learn.microsoft.com/azure/aks/network-isolated"],
    passes=[gold(), gold({"network.outbound_type": "block", "network.artifact_source": "Cache"})],
    fails=[gold({"network.outbound_type": value}) for value in (None, "block")],
)
def egress_blocked_without_cache(cluster: Cluster) -> Verdicts:
    """The cluster has no egress, and no cache to start its nodes from.

    ## Why it matters
    Nodes fetch their own components when they start. AKS refuses the outbound types none and block unless these come
    from a cache in a private registry.

    ## Fix
    The order matters: the cache first, then a node image upgrade of every pool, then the outbound type.

        az aks update -g GROUP -n NAME --bootstrap-artifact-source Cache
        az aks upgrade -g GROUP -n NAME --node-image-only
        az aks update -g GROUP -n NAME --outbound-type block
    """
    outbound = (known(cluster.network.outbound_type) or "none").lower()
    if outbound in ("none", "block") and (known(cluster.network.artifact_source) or "Direct").lower() != "cache":
        yield Fail(
            f"AKS refuses outbound type {outbound} without the artifact source Cache", field="network.artifact_source"
        )
