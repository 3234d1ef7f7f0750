"""AKS-PRO-012."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.network_engines import word
from seawall.model import Cluster, Severity, is_known, known

_SET = "protection.disk_encryption_set"


@check(
    "AKS-PRO-012",
    severity=Severity.INFO,
    sets={_SET: "DISK_ENCRYPTION_SET_ID"},
    refs=["https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys"],
    passes=[gold(), gold({_SET: "/diskEncryptionSets/own", "pool.os_disk_type": "Managed"})],
    fails=[gold({"pool.os_disk_type": "Managed"})],
)
def disk_key_of_platform(cluster: Cluster) -> Verdicts:
    """The nodes' disks are encrypted with a key of the platform, not with one of your own.

    ## Why it matters
    It matters only where a rule asks for keys that you hold and can revoke. The disks are encrypted either way, and
    ephemeral disks never leave the host.

    ## Fix
    It can be set only when a cluster is created. Make it part of the next cluster where you need it, or use ephemeral
    operating system disks.

        az aks create -g GROUP -n NEW_NAME --node-osdisk-diskencryptionset-id DISK_ENCRYPTION_SET_ID
    """
    if known(cluster.protection.disk_encryption_set):
        return
    disks = [word(pool.os_disk_type) for pool in known(cluster.pools)]
    managed = [disk for disk in disks if is_known(disk) and disk != "ephemeral"]
    if managed:
        yield Fail("disks of nodes are encrypted with a platform key", field=_SET)
    elif not disks:
        yield Undecided("cannot be decided: the input lists no pools", field="pools")
    else:
        for disk in disks:
            known(disk)
