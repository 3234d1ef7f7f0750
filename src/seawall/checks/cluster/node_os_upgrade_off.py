"""AKS-UPK-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_CHANNEL = "upkeep.node_os_channel"


@check(
    "AKS-UPK-004",
    severity=Severity.HIGH,
    sets={_CHANNEL: "NodeImage"},
    refs=["https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image"],
    passes=[
        gold(),
        gold({_CHANNEL: "SecurityPatch"}),
        gold({_CHANNEL: "Unmanaged", "upkeep.upgrade_channel": "node-image"}),
    ],
    fails=[gold({_CHANNEL: channel}) for channel in (None, "None", "Unmanaged", "Unspecified")],
)
def node_os_upgrade_off(cluster: Cluster) -> Verdicts:
    """The operating system of the nodes is not upgraded by AKS.

    ## Why it matters
    Kernel and container runtime keep the flaws of the day on which the node was made. `Unmanaged` leaves patching to
    the node itself: no Azure Linux, no reboots, and new nodes start unpatched.

    ## Fix
    `NodeImage` replaces the nodes every week, `SecurityPatch` (Linux only) mostly patches them where they are. Name a
    maintenance window. Leaving `Unmanaged` reimages the nodes.

        az aks update -g GROUP -n NAME --node-os-upgrade-channel NodeImage
    """
    channel = known(cluster.upkeep.node_os_channel) or "None"
    if channel.lower() not in ("none", "unmanaged", "unspecified"):
        return
    # The node-image channel of the cluster forces the NodeImage channel of the nodes.
    if (known(cluster.upkeep.upgrade_channel) or "").lower() != "node-image":
        yield Fail(f"the node OS upgrade channel is {channel}", field=_CHANNEL)
