"""AKS-IDN-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known

_ID = "00000000-0000-0000-0000-000000000003"


@check(
    "AKS-IDN-001",
    severity=Severity.HIGH,
    sets={"identity.type": "SystemAssigned", "identity.service_principal": None},
    refs=["https://learn.microsoft.com/azure/aks/use-managed-identity"],
    passes=[gold({"identity.service_principal": "msi"}), gold({"identity.type": "SystemAssigned"})],
    fails=[gold({"identity.type": None, "identity.service_principal": _ID})],
    unknowns=[gold({"identity.type": None})],
)
def service_principal(cluster: Cluster) -> Verdicts:
    """The cluster acts in Azure as a service principal with a secret.

    ## Why it matters
    The secret lies on every node, in `/etc/kubernetes/azure.json`: one escaped container has it. It expires, usually
    after a year, and then the cluster can neither scale, attach disks nor pull images.

    ## Fix
    Change to a managed identity: in place, with no way back. With a system-assigned identity all nodes are reimaged;
    with a user-assigned one the kubelet keeps the principal until each pool is upgraded. Give the identity the roles
    of the principal first.

        az aks update -g GROUP -n NAME --enable-managed-identity
    """
    kind = cluster.identity.type
    if is_known(kind) and (kind or "none").lower() != "none":
        return
    principal = known(cluster.identity.service_principal)
    if principal and principal.lower() == "msi":
        return
    known(kind)
    if principal:
        yield Fail(f"runs as the service principal {principal}", field="identity.service_principal")
    else:
        yield Undecided(
            "cannot be decided: the input names neither a managed identity nor a service principal",
            field="identity.type",
        )
