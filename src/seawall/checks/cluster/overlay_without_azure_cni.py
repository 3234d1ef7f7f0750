"""AKS-NET-017."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-NET-017",
    severity=Severity.MEDIUM,
    sets={"network.plugin": "azure"},
    refs=["https://learn.microsoft.com/azure/aks/azure-cni-overlay"],
    passes=[gold(), gold({"network.plugin": "kubenet", "network.plugin_mode": None})],
    fails=[gold({"network.plugin": "kubenet"}), gold({"network.plugin": None})],
)
def overlay_without_azure_cni(cluster: Cluster) -> Verdicts:
    """The network mode is overlay without Azure CNI.

    ## Why it matters
    AKS refuses it: overlay is a mode of Azure CNI. Who changes kubenet to overlay must name both in one call.

    ## Fix
    Name the plugin as well: in place from kubenet, all pools are reimaged, no way back.

        az aks update -g GROUP -n NAME --network-plugin azure --network-plugin-mode overlay
    """
    plugin = known(cluster.network.plugin) or "none"
    if plugin.lower() != "azure" and (known(cluster.network.plugin_mode) or "").lower() == "overlay":
        yield Fail(f"AKS refuses overlay with the network plugin {plugin}", field="network.plugin")
