"""AKS-NET-018."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.network_engines import engine_for
from seawall.model import Cluster, Severity, known

_DUAL = {"network.ip_families": ("IPv4", "IPv6")}


@check(
    "AKS-NET-018",
    severity=Severity.MEDIUM,
    sets={"network.policy": "cilium", "network.dataplane": "cilium"},
    refs=["https://learn.microsoft.com/azure/aks/use-network-policies"],
    passes=[gold(_DUAL), gold({"network.policy": "azure", "network.dataplane": "azure"})],
    fails=[gold({**_DUAL, "network.policy": "azure", "network.dataplane": "azure"})],
)
def ipv6_unfiltered(cluster: Cluster) -> Verdicts:
    """The cluster has IPv6 addresses, and a policy engine that does not know IPv6.

    ## Why it matters
    Azure NPM filters IPv4 only. Whatever network policies forbid can be reached by its other address.

    ## Fix
    Change the engine to Cilium: both flags in one call; all pools are reimaged.

        az aks update -g GROUP -n NAME --network-dataplane cilium --network-policy cilium
    """
    families = {family.lower() for family in known(cluster.network.ip_families)}
    if "ipv6" in families and (known(cluster.network.policy) or "").lower() == "azure":
        yield Fail("IPv6 is on, which Azure NPM does not filter", field="network.policy", sets=engine_for(cluster))
