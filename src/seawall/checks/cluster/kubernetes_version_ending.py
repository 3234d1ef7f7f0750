"""AKS-UPK-002."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.kubernetes_versions import NOTICE, last_day, upgrade_target
from seawall.model import Cluster, Severity, known

_VERSION = "upkeep.kubernetes_version"


@check(
    "AKS-UPK-002",
    severity=Severity.MEDIUM,
    sets={_VERSION: "1.35"},
    refs=["https://learn.microsoft.com/azure/aks/supported-kubernetes-versions"],
    passes=[gold(), gold({_VERSION: "1.33"}), gold({_VERSION: "1.34", "upkeep.support_plan": "AKSLongTermSupport"})],
    fails=[gold({_VERSION: "1.34.1"})],
    unknowns=[gold({_VERSION: "9.99"}), gold({_VERSION: None})],
)
def kubernetes_version_ending(cluster: Cluster, today: datetime.date) -> Verdicts:
    """Support of the Kubernetes version ends within 60 days.

    ## Why it matters
    After that day no flaw of it is mended. An upgrade needs time to be tested on dev and staging before prod.

    ## Fix
    Plan the upgrade now, one minor version after the other: all nodes are replaced, and there is no way back.

        az aks upgrade -g GROUP -n NAME --kubernetes-version VERSION
    """
    version = known(cluster.upkeep.kubernetes_version)
    if not version:
        yield Undecided("cannot be decided: the input leaves the version to AKS", field=_VERSION)
    elif today <= (end := last_day(version, cluster.upkeep.support_plan, today + NOTICE)) < today + NOTICE:
        yield Fail(
            f"support of Kubernetes {version} ends on {end}, in {(end - today).days} days",
            field=_VERSION,
            sets={_VERSION: upgrade_target(today)},
        )
