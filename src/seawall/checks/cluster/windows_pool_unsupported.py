"""AKS-POOL-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.network_engines import word
from seawall.model import Cluster, Pool, Severity, known


@check(
    "AKS-POOL-005",
    severity=Severity.MEDIUM,
    sets={"pool.os_type": "Linux"},
    refs=[
        "https://learn.microsoft.com/azure/aks/windows-faq",
        "https://learn.microsoft.com/azure/aks/concepts-network-isolated",
    ],
    passes=[gold(), gold({"network.plugin": "kubenet"}), gold({"pool.os_type": "Windows"})],
    fails=[
        gold({"pool.os_type": "Windows", "network.plugin": "kubenet"}),
        gold({"pool.os_type": "Windows", "network.artifact_source": "Cache"}),
    ],
)
def windows_pool_unsupported(cluster: Cluster, pool: Pool) -> Verdicts:
    """The pool runs Windows in a cluster that cannot have Windows nodes.

    ## Why it matters
    AKS refuses Windows pools on kubenet and in network isolated clusters. (Nor does Cilium run on them; the check of
    network combinations says so.)

    ## Fix
    Change the network to Azure CNI before the pool is added, or run the workload on Linux.

        az aks update -g GROUP -n NAME --network-plugin azure --network-plugin-mode overlay
    """
    if word(pool.os_type) != "windows":
        known(pool.os_type)
        return
    plugin, source = word(cluster.network.plugin), word(cluster.network.artifact_source)
    if plugin == "kubenet" or source == "cache":
        where = "on kubenet" if plugin == "kubenet" else "with the artifact source Cache"
        yield Fail(f"AKS refuses Windows pools {where}", field="pool.os_type")
    else:
        known(plugin), known(source)
