"""AKS-POOL-002."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.model import Cluster, Pool, Severity, known


@check(
    "AKS-POOL-002",
    severity=Severity.MEDIUM,
    sets={"pool.host_encryption": True},
    refs=["https://learn.microsoft.com/azure/aks/enable-host-encryption"],
    passes=[gold()],
    fails=[gold({"pools": (gold_pool("system", mode="System"), gold_pool("user", host_encryption=False))})],
)
def host_encryption_off(cluster: Cluster, pool: Pool) -> Verdicts:
    """The nodes' temporary disks and caches are not encrypted at the host.

    ## Why it matters
    Images, logs, emptyDir volumes and swapped secrets lie in clear on the physical host. (This says nothing about the
    secrets in etcd: that is etcd encryption.)

    ## Fix
    It is fixed when a pool is made: add an encrypted pool, drain the old one, delete it. The VM size must support it
    and the subscription must have the EncryptionAtHost feature.

        az aks nodepool add -g GROUP --cluster-name NAME -n NEW_POOL --enable-encryption-at-host
        az aks nodepool delete -g GROUP --cluster-name NAME -n POOL
    """
    if not known(pool.host_encryption):
        yield Fail("host encryption is off", field="pool.host_encryption")
