"""AKS-UPK-009."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import has_windows, word
from seawall.model import Cluster, Severity, known

_CHANNEL = "upkeep.node_os_channel"
_WINDOWS = (gold_pool("system", mode="System"), gold_pool("win", os_type="Windows"))


@check(
    "AKS-UPK-009",
    severity=Severity.MEDIUM,
    sets={_CHANNEL: "NodeImage"},
    refs=[
        "https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image",
        "https://learn.microsoft.com/azure/aks/auto-upgrade-cluster",
    ],
    passes=[gold(), gold({_CHANNEL: "SecurityPatch"}), gold({"upkeep.upgrade_channel": "node-image"})],
    fails=[
        gold({_CHANNEL: "SecurityPatch", "upkeep.upgrade_channel": "node-image"}),
        gold({_CHANNEL: "SecurityPatch", "pools": _WINDOWS}),
    ],
)
def upgrade_channels_conflict(cluster: Cluster) -> Verdicts:
    """The node OS upgrade channel does not work with the cluster as it is.

    ## Why it matters
    AKS refuses the cluster channel node-image with another node OS channel than NodeImage, and SecurityPatch does
    nothing for Windows nodes: they stay unpatched.

    ## Fix
    Use NodeImage: in place and reversible, the nodes are replaced once a week.

        az aks update -g GROUP -n NAME --node-os-upgrade-channel NodeImage
    """
    channel = (known(cluster.upkeep.node_os_channel) or "None").lower()
    if channel == "nodeimage":
        return
    cluster_channel = word(cluster.upkeep.upgrade_channel)
    windows = has_windows(cluster) if channel == "securitypatch" else False
    if cluster_channel == "node-image":
        yield Fail(f"AKS refuses node OS channel {channel} with cluster channel node-image", field=_CHANNEL)
    elif windows is True:
        yield Fail("the node OS channel SecurityPatch does not patch Windows nodes", field=_CHANNEL)
    else:
        known(cluster_channel), known(windows)
