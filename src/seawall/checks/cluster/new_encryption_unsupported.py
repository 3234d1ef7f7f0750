"""AKS-PRO-013."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.kubernetes_versions import minor
from seawall.checks.network_engines import word
from seawall.model import Cluster, Severity, known

_SINCE = (1, 33)
_NEW = {"protection.kms_infrastructure_encryption": "Enabled"}


@check(
    "AKS-PRO-013",
    severity=Severity.MEDIUM,
    sets={"upkeep.kubernetes_version": "1.34"},
    refs=["https://learn.microsoft.com/azure/aks/kms-data-encryption-concepts"],
    passes=[gold(), gold(_NEW), gold({"upkeep.kubernetes_version": "1.32"})],
    fails=[gold({**_NEW, "upkeep.kubernetes_version": "1.32.4"}), gold({**_NEW, "identity.type": None})],
    unknowns=[gold({**_NEW, "upkeep.kubernetes_version": None})],
)
def new_encryption_unsupported(cluster: Cluster) -> Verdicts:
    """The newer encryption of etcd is asked for on a cluster that cannot have it.

    ## Why it matters
    AKS refuses it before Kubernetes 1.33, and without a managed identity.

    ## Fix
    Upgrade, and change to a managed identity, before turning it on: each is a one-way door, and so is the encryption.

        az aks upgrade -g GROUP -n NAME --kubernetes-version VERSION
    """
    if (known(cluster.protection.kms_infrastructure_encryption) or "").lower() != "enabled":
        return
    field, identity, version = "upkeep.kubernetes_version", cluster.identity.type, cluster.upkeep.kubernetes_version
    if word(identity) == "none":
        yield Fail(
            "AKS refuses the newer etcd encryption without a managed identity",
            field="identity.type",
            sets={"identity.type": "SystemAssigned", "identity.service_principal": None},
        )
    if not known(version):
        yield Undecided("cannot be decided: the input leaves the version to AKS", field=field)
    elif minor(str(version)) < _SINCE:
        yield Fail(f"AKS refuses the newer etcd encryption on Kubernetes {version}; it needs 1.33", field=field)
    known(identity)
