"""AKS-NET-016."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Pool, Severity, known


@check(
    "AKS-NET-016",
    severity=Severity.MEDIUM,
    sets={"pool.pod_subnet": None},
    refs=["https://learn.microsoft.com/azure/aks/azure-cni-overlay"],
    passes=[gold(), gold({"network.plugin_mode": None, "pool.pod_subnet": "/subnets/pods"})],
    fails=[gold({"pool.pod_subnet": "/subnets/pods"})],
)
def overlay_with_pod_subnet(cluster: Cluster, pool: Pool) -> Verdicts:
    """The pool names a subnet for pods in an overlay network.

    ## Why it matters
    AKS refuses it: overlay gives pods addresses of its own, so they cannot have some of a subnet.

    ## Fix
    Leave the pod subnet out, or leave overlay out where pods must be reached by their address.

        az aks nodepool add -g GROUP --cluster-name NAME -n NEW_POOL --vnet-subnet-id SUBNET_ID
    """
    if (known(cluster.network.plugin_mode) or "").lower() == "overlay" and known(pool.pod_subnet):
        yield Fail("AKS refuses a pod subnet in an overlay network", field="pool.pod_subnet")
