"""AKS-POOL-013."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, known


@check(
    "AKS-POOL-013",
    severity=Severity.INFO,
    sets={"pool.os_disk_type": "Ephemeral"},
    refs=["https://learn.microsoft.com/azure/aks/concepts-storage"],
    passes=[gold()],
    fails=[gold({"pool.os_disk_type": "Managed"})],
)
def os_disk_managed(pool: Pool) -> Verdicts:
    """The operating system disks of the nodes are managed disks.

    ## Why it matters
    What a node wrote stays on a disk that can be copied and attached elsewhere. An ephemeral disk lives on the host and
    goes away with the node, which also reimages faster.

    ## Fix
    It is fixed when a pool is made: add a pool with ephemeral disks, drain the old one, delete it. The VM size must
    have room for it.

        az aks nodepool add -g GROUP --cluster-name NAME -n NEW_POOL --node-osdisk-type Ephemeral
        az aks nodepool delete -g GROUP --cluster-name NAME -n POOL
    """
    if (known(pool.os_disk_type) or "").lower() == "managed":
        yield Fail("managed operating system disks", field="pool.os_disk_type")
