"""AKS-UPK-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_WINDOWS = "upkeep.maintenance_windows"
_NODES = "aksManagedNodeOSUpgradeSchedule"


@check(
    "AKS-UPK-007",
    severity=Severity.LOW,
    sets={_WINDOWS: (_NODES,)},
    refs=["https://learn.microsoft.com/azure/aks/planned-maintenance"],
    passes=[gold(), gold({_WINDOWS: ("default",)})],
    fails=[gold({_WINDOWS: ()})],
)
def maintenance_window_missing(cluster: Cluster) -> Verdicts:
    """No maintenance window says when AKS may work on the cluster.

    ## Why it matters
    Upgrades then come at any hour, and teams whose work they broke switch upgrades off: the patch that is not applied
    is the real risk.

    ## Fix
    In place and reversible. One window for the nodes and one for Kubernetes. They are a separate resource; an export of
    the cluster alone does not hold them.

        az aks maintenanceconfiguration add -g GROUP --cluster-name NAME -n aksManagedNodeOSUpgradeSchedule \
            --schedule-type Weekly --day-of-week Sunday --interval-weeks 1 --start-time 02:00 --duration 4
    """
    if not known(cluster.upkeep.maintenance_windows):
        yield Fail("no maintenance window is defined", field=_WINDOWS)
