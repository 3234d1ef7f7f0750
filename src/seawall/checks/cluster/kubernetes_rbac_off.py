"""AKS-ACC-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-001",
    severity=Severity.CRITICAL,
    sets={"access.rbac": True},
    refs=["https://learn.microsoft.com/azure/aks/concepts-identity", "https://github.com/Azure/AKS/issues/3287"],
    passes=[gold()],
    fails=[gold({"access.rbac": False})],
)
def kubernetes_rbac_off(cluster: Cluster) -> Verdicts:
    """Kubernetes RBAC is off.

    ## Why it matters
    Whoever can reach the API server with any credential, each pod's service account included, may do anything: read
    every secret, start privileged pods, delete the cluster's content. Entra integration and Azure RBAC need it on.

    ## Fix
    It can be set only when a cluster is created, and is on unless switched off. Build a new cluster and move the
    workloads; write their roles first, since nothing has been asking for any until now.

        az aks create -g GROUP -n NEW_NAME --enable-aad --enable-azure-rbac --disable-local-accounts
    """
    if not known(cluster.access.rbac):
        yield Fail("Kubernetes RBAC is off: every credential may do anything", field="access.rbac")
