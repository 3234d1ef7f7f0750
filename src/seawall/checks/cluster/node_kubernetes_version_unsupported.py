"""AKS-POOL-004."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.kubernetes_versions import last_day, upgrade_target
from seawall.model import Cluster, Pool, Severity, known


@check(
    "AKS-POOL-004",
    severity=Severity.HIGH,
    sets={"pool.kubernetes_version": "1.35"},
    refs=["https://learn.microsoft.com/azure/aks/supported-kubernetes-versions"],
    passes=[gold(), gold({"pool.kubernetes_version": None})],
    fails=[gold({"pools": (gold_pool("system", mode="System"), gold_pool("user", kubernetes_version="1.33.5"))})],
    unknowns=[gold({"pool.kubernetes_version": "9.99"})],
)
def node_kubernetes_version_unsupported(cluster: Cluster, pool: Pool, today: datetime.date) -> Verdicts:
    """The nodes run a Kubernetes version that AKS no longer supports.

    ## Why it matters
    An upgrade of the control plane leaves the pools behind, and kubelets get no fixes any more. A pool that names no
    version of its own follows the cluster.

    ## Fix
    Upgrade the pool: its nodes are replaced one after the other. There is no way back.

        az aks nodepool upgrade -g GROUP --cluster-name NAME -n POOL --kubernetes-version VERSION
    """
    version = known(pool.kubernetes_version)
    if version and (end := last_day(version, cluster.upkeep.support_plan, today)) < today:
        since = f"since {end}" if end > datetime.date.min else "any more"
        yield Fail(
            f"the nodes run Kubernetes {version}, not supported {since}",
            field="pool.kubernetes_version",
            sets={"pool.kubernetes_version": upgrade_target(today)},
        )
