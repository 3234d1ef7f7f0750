"""AKS-UPK-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_WINDOWS = "upkeep.maintenance_windows"
_NODES = "aksManagedNodeOSUpgradeSchedule"


@check(
    "AKS-UPK-010",
    severity=Severity.LOW,
    sets={_WINDOWS: (_NODES,)},
    refs=["https://learn.microsoft.com/azure/aks/node-disruption-policy"],
    passes=[gold(), gold({_WINDOWS: (), "upkeep.node_disruption_policy": "Allow"})],
    fails=[gold({_WINDOWS: ("default",)})],
)
def disruption_ungated(cluster: Cluster) -> Verdicts:
    """Disruption of nodes waits for a maintenance window that does not exist.

    ## Why it matters
    `AllowDuringMaintenanceWindow` holds nothing back unless the window aksManagedNodeOSUpgradeSchedule is there: a
    change that reimages nodes does so at once, in the middle of the day.

    ## Fix
    Add the window: in place and reversible.

        az aks maintenanceconfiguration add -g GROUP --cluster-name NAME -n aksManagedNodeOSUpgradeSchedule \
            --schedule-type Weekly --day-of-week Sunday --interval-weeks 1 --start-time 02:00 --duration 4
    """
    if (known(cluster.upkeep.node_disruption_policy) or "Allow").lower() != "allowduringmaintenancewindow":
        return
    windows = known(cluster.upkeep.maintenance_windows)
    if _NODES.lower() not in {window.lower() for window in windows}:
        yield Fail(f"there is no window {_NODES}", field=_WINDOWS, sets={_WINDOWS: tuple(sorted({*windows, _NODES}))})
