"""AKS-UPK-001."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.kubernetes_versions import last_day, upgrade_target
from seawall.model import Cluster, Severity, known

_VERSION = "upkeep.kubernetes_version"


@check(
    "AKS-UPK-001",
    severity=Severity.HIGH,
    sets={_VERSION: "1.35"},
    refs=["https://learn.microsoft.com/azure/aks/supported-kubernetes-versions"],
    passes=[gold(), gold({_VERSION: "1.33.4", "upkeep.support_plan": "AKSLongTermSupport"})],
    fails=[gold({_VERSION: "1.33.4"}), gold({_VERSION: "1.12.8", "upkeep.support_plan": None})],
    unknowns=[gold({_VERSION: "9.99"}), gold({_VERSION: None}), gold({_VERSION: "[parameters('version')]"})],
)
def kubernetes_version_unsupported(cluster: Cluster, today: datetime.date) -> Verdicts:
    """AKS no longer supports the Kubernetes version.

    ## Why it matters
    Flaws of Kubernetes found since the end of support are not mended here, and Microsoft may upgrade the cluster at a
    time of its own choice. Long-term support lasts a year longer, on the support plan AKSLongTermSupport only.

    ## Fix
    Upgrade: all nodes are replaced, and there is no way back. AKS lets an unsupported version jump to the oldest
    supported one, and goes one minor version at a time from there. Look for removed API versions first.

        az aks get-upgrades -g GROUP -n NAME
        az aks upgrade -g GROUP -n NAME --kubernetes-version VERSION
    """
    version = known(cluster.upkeep.kubernetes_version)
    if not version:
        yield Undecided("cannot be decided: the input leaves the version to AKS", field=_VERSION)
    elif (end := last_day(version, cluster.upkeep.support_plan, today)) < today:
        since = f"since {end}" if end > datetime.date.min else "any more"
        yield Fail(
            f"Kubernetes {version} is not supported {since}", field=_VERSION, sets={_VERSION: upgrade_target(today)}
        )
