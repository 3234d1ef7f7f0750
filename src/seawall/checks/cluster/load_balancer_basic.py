"""AKS-NET-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-NET-005",
    severity=Severity.HIGH,
    sets={"network.load_balancer_sku": "standard"},
    refs=["https://learn.microsoft.com/azure/aks/upgrade-basic-load-balancer-on-aks"],
    passes=[gold(), gold({"network.load_balancer_sku": "Standard"})],
    fails=[gold({"network.load_balancer_sku": "Basic"})],
)
def load_balancer_basic(cluster: Cluster) -> Verdicts:
    """The cluster uses a Basic load balancer.

    ## Why it matters
    Basic load balancers left support on 2025-09-30. They are open to the internet unless closed, and neither private
    clusters nor authorised address ranges work with them.

    ## Fix
    In place, with downtime and no way back; Kubernetes 1.27 or newer. Admission webhooks and etcd encryption with a
    private key vault must be off during the change, and the egress address changes. Terraform replaces the cluster.

        az aks update -g GROUP -n NAME --load-balancer-sku standard
    """
    if (known(cluster.network.load_balancer_sku) or "").lower() == "basic":
        yield Fail("Basic load balancer, out of support since 2025-09-30", field="network.load_balancer_sku")
