"""AKS-UPK-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-UPK-008",
    severity=Severity.LOW,
    sets={"upkeep.force_upgrade": False},
    refs=["https://learn.microsoft.com/azure/aks/stop-cluster-upgrade-api-breaking-changes"],
    passes=[gold()],
    fails=[gold({"upkeep.force_upgrade": True})],
)
def force_upgrade_on(cluster: Cluster) -> Verdicts:
    """The guard that stops upgrades which would break workloads is switched off.

    ## Why it matters
    An automatic upgrade goes ahead although workloads still use interfaces that the new version does not have.

    ## Fix
    In place and reversible. It is meant for one upgrade, after looking at what uses the old interfaces.

        az aks update -g GROUP -n NAME --disable-force-upgrade
    """
    if known(cluster.upkeep.force_upgrade):
        yield Fail("force upgrade is on", field="upkeep.force_upgrade")
