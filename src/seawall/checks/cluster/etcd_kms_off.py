"""AKS-PRO-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.kubernetes_versions import minor
from seawall.model import UNKNOWN, Cluster, Severity, is_known, known

_NEWER_SINCE = (1, 33)
"""The first Kubernetes version that can have the newer encryption (kms-data-encryption-concepts)."""

_SILENT = {"protection.kms": False, "protection.kms_infrastructure_encryption": UNKNOWN}


@check(
    "AKS-PRO-003",
    severity=Severity.MEDIUM,
    sets={"protection.kms": True},
    refs=[
        "https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption",
        "https://learn.microsoft.com/azure/aks/kms-data-encryption-concepts",
    ],
    passes=[
        gold(),
        gold({"protection.kms": False, "protection.kms_infrastructure_encryption": "Enabled"}),
    ],
    fails=[
        gold({"protection.kms": False}),
        gold({"protection.kms": False, "protection.kms_infrastructure_encryption": "Disabled"}),
        gold({**_SILENT, "upkeep.kubernetes_version": "1.32.9"}),
    ],
    unknowns=[gold(_SILENT)],
)
def etcd_kms_off(cluster: Cluster) -> Verdicts:
    """Secrets in etcd are not encrypted with a key of their own.

    ## Why it matters
    The disks of etcd are encrypted, the secrets on them are not: a copy of the database is a copy of every secret.
    Encryption of the nodes' hosts does not change that.

    ## Fix
    In place. The identity of the cluster must be allowed to use the key; a private vault needs API server VNet
    integration. Write all secrets again afterwards, and never delete an old key, even after turning encryption off.

        az aks update -g GROUP -n NAME --enable-azure-keyvault-kms --azure-keyvault-kms-key-id KEY_ID
        kubectl get secrets -A -o json | kubectl replace -f -

    The newer encryption of the infrastructure (`--kms-infrastructure-encryption Enabled`, preview, Kubernetes 1.33) is
    one-way, and counts here as well.
    """
    if known(cluster.protection.kms):
        return
    newer, version = cluster.protection.kms_infrastructure_encryption, cluster.upkeep.kubernetes_version
    off = is_known(newer) and (newer or "").lower() != "enabled"
    if off or ((known(version) or "") and minor(str(version)) < _NEWER_SINCE):
        yield Fail("secrets in etcd are not encrypted with a KMS key", field="protection.kms")
    elif not is_known(newer):
        yield Undecided(
            "cannot be decided: Key Vault KMS is off, and the input does not say whether the newer encryption of the "
            "infrastructure is on",
            field="protection.kms_infrastructure_encryption",
        )
