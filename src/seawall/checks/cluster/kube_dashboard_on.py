"""AKS-ADD-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ADD-003",
    severity=Severity.HIGH,
    sets={"addons.kube_dashboard": False},
    refs=["https://learn.microsoft.com/azure/aks/kubernetes-portal"],
    passes=[gold()],
    fails=[gold({"addons.kube_dashboard": True})],
)
def kube_dashboard_on(cluster: Cluster) -> Verdicts:
    """The Kubernetes dashboard add-on is on.

    ## Why it matters
    The add-on was withdrawn with Kubernetes 1.19 and gets no fixes. Open dashboards are how clusters were taken over
    for mining.

    ## Fix
    In place; the Azure portal shows the same resources with the rights of who looks.

        az aks disable-addons -g GROUP -n NAME --addons kube-dashboard
    """
    if known(cluster.addons.kube_dashboard):
        yield Fail("the withdrawn Kubernetes dashboard add-on is on", field="addons.kube_dashboard")
