"""AKS-NET-015."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.network_engines import word
from seawall.model import Cluster, Severity, known

_CACHE = {"network.artifact_source": "Cache"}


@check(
    "AKS-NET-015",
    severity=Severity.MEDIUM,
    sets={"network.artifact_source": "Direct"},
    refs=["https://learn.microsoft.com/azure/aks/concepts-network-isolated"],
    passes=[gold(_CACHE), gold({"upkeep.node_os_channel": "Unmanaged"})],
    fails=[gold({**_CACHE, "network.plugin": "kubenet"}), gold({**_CACHE, "upkeep.node_os_channel": "Unmanaged"})],
)
def network_isolation_unsupported(cluster: Cluster) -> Verdicts:
    """A network isolated cluster has a setting that needs egress.

    ## Why it matters
    AKS refuses the artifact source Cache with kubenet, and with the node OS channel Unmanaged, which fetches its
    patches from the internet.

    ## Fix
    Use Azure CNI and a channel that AKS manages, then isolate the cluster.

        az aks update -g GROUP -n NAME --node-os-upgrade-channel NodeImage
    """
    if (known(cluster.network.artifact_source) or "Direct").lower() != "cache":
        return
    plugin, channel = word(cluster.network.plugin), word(cluster.upkeep.node_os_channel)
    if plugin == "kubenet":
        yield Fail("AKS refuses the artifact source Cache with kubenet", field="network.artifact_source")
    elif channel == "unmanaged":
        yield Fail(
            "AKS refuses the artifact source Cache with the node OS channel Unmanaged",
            field="network.artifact_source",
            sets={"upkeep.node_os_channel": "NodeImage"},
        )
    else:
        known(plugin), known(channel)
