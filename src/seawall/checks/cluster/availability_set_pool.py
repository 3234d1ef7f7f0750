"""AKS-POOL-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Pool, Severity, known


@check(
    "AKS-POOL-003",
    severity=Severity.HIGH,
    sets={"pool.type": "VirtualMachines"},
    refs=["https://learn.microsoft.com/azure/aks/availability-sets-on-aks"],
    passes=[gold(), gold({"pool.type": "VirtualMachines"})],
    fails=[gold({"pool.type": "AvailabilitySet"})],
)
def availability_set_pool(cluster: Cluster, pool: Pool) -> Verdicts:
    """The pool is made of an availability set.

    ## Why it matters
    Availability sets left support on 2025-09-30: such a cluster gets no fixes, and can have neither a second pool
    nor zones nor the cluster autoscaler.

    ## Fix
    Migrate to virtual machine pools: in place, with downtime and no way back; the load balancer becomes Standard.
    Switch admission webhooks off while it runs. Terraform replaces the cluster.

        az aks update -g GROUP -n NAME --migrate-vmas-to-vms
    """
    if (known(pool.type) or "").lower() == "availabilityset":
        yield Fail("availability set, out of support since 2025-09-30", field="pool.type")
