"""AKS-UPK-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-UPK-003",
    severity=Severity.MEDIUM,
    sets={"upkeep.upgrade_channel": "patch"},
    refs=["https://learn.microsoft.com/azure/aks/auto-upgrade-cluster"],
    passes=[gold(), gold({"upkeep.upgrade_channel": "stable"})],
    fails=[gold({"upkeep.upgrade_channel": None}), gold({"upkeep.upgrade_channel": "none"})],
)
def cluster_auto_upgrade_off(cluster: Cluster) -> Verdicts:
    """Kubernetes is not upgraded automatically.

    ## Why it matters
    Fixes of Kubernetes then wait for somebody to remember them, and the cluster drifts out of support.

    ## Fix
    In place and reversible. `patch` stays on the minor version. Name a maintenance window as well, or AKS chooses the
    hour; nodes are replaced at each upgrade.

        az aks update -g GROUP -n NAME --auto-upgrade-channel patch
    """
    if (known(cluster.upkeep.upgrade_channel) or "none").lower() == "none":
        yield Fail("the auto-upgrade channel is none", field="upkeep.upgrade_channel")
