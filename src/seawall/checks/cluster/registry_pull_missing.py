"""AKS-ACC-011."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-011",
    severity=Severity.INFO,
    sets={"access.acr_pull": True},
    refs=["https://learn.microsoft.com/azure/aks/cluster-container-registry-integration"],
    passes=[gold()],
    fails=[gold({"access.acr_pull": False})],
)
def registry_pull_missing(cluster: Cluster) -> Verdicts:
    """The nodes have no role that lets them pull from a container registry.

    ## Why it matters
    Images are then pulled with passwords kept as secrets in every namespace, or from public registries. A role
    assignment has no password that could leak.

    ## Fix
    In place and reversible: it assigns AcrPull on one registry to the identity of the kubelets. Role assignments are a
    separate resource; an export of the cluster alone does not hold them.

        az aks update -g GROUP -n NAME --attach-acr ACR_NAME
    """
    if not known(cluster.access.acr_pull):
        yield Fail("the kubelet identity has no AcrPull role", field="access.acr_pull")
