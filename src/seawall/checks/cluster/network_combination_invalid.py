"""AKS-NET-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import broken_rules, engine_for
from seawall.model import Cluster, Severity

_WINDOWS_POOLS = (gold_pool("system", mode="System"), gold_pool("win", os_type="Windows"))


def _network(plugin: str | None, dataplane: str | None, policy: str | None) -> Cluster:
    return gold({"network.plugin": plugin, "network.dataplane": dataplane, "network.policy": policy})


@check(
    "AKS-NET-004",
    severity=Severity.HIGH,
    sets={"network.policy": "cilium", "network.dataplane": "cilium"},
    refs=[
        "https://learn.microsoft.com/azure/aks/use-network-policies",
        "https://learn.microsoft.com/azure/aks/update-azure-cni",
    ],
    passes=[
        _network("azure", "cilium", "cilium"),
        _network("azure", "azure", "calico"),
        _network("azure", "azure", "azure"),
        _network("azure", "azure", None),
        _network("kubenet", "azure", "calico"),
        _network("kubenet", None, None),
        _network(None, None, None),
    ],
    fails=[
        _network("azure", "cilium", "calico"),
        _network("kubenet", "azure", "azure"),
        _network("kubenet", "cilium", "cilium"),
        _network("azure", "cilium", None),
        _network("azure", "azure", "cilium"),
        _network("none", "azure", "calico"),
        gold({"pools": _WINDOWS_POOLS}),
    ],
)
def network_combination_invalid(cluster: Cluster) -> Verdicts:
    """The network plugin, dataplane and policy engine do not work together.

    ## Why it matters
    AKS refuses the combination when it is deployed, or runs it without enforcing network policies.

    ## Fix
    Azure CNI runs Cilium (dataplane and engine together, Linux nodes only) or Calico; kubenet runs Calico only; a
    cluster that brings its own CNI takes no engine from AKS. All pools are reimaged.

        az aks update -g GROUP -n NAME --network-dataplane cilium --network-policy cilium
    """
    broken = broken_rules(cluster)
    if broken:
        network = cluster.network
        found = f"plugin {network.plugin}, dataplane {network.dataplane}, policy {network.policy}"
        yield Fail(f"{'; '.join(broken)} ({found})", field="network.policy", sets=engine_for(cluster))
