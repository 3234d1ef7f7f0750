"""AKS-ADD-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ADD-008",
    severity=Severity.LOW,
    sets={"addons.container_insights": True},
    refs=["https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable"],
    passes=[gold(), gold({"addons.managed_prometheus": False})],
    fails=[gold({"addons.container_insights": False})],
)
def monitoring_off(cluster: Cluster) -> Verdicts:
    """The logs of the workloads are not collected.

    ## Why it matters
    When a container dies its log dies with it: after an attack nothing tells what the container did.

    ## Fix
    In place and reversible; it costs by the volume of logs. Sign in to the workspace with the managed identity.

        az aks enable-addons -g GROUP -n NAME --addons monitoring --enable-msi-auth-for-monitoring true
    """
    if not known(cluster.addons.container_insights):
        yield Fail("container insights are off", field="addons.container_insights")
