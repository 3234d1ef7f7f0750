"""AKS-ACC-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known


@check(
    "AKS-ACC-003",
    severity=Severity.MEDIUM,
    sets={"access.azure_rbac": True},
    refs=["https://learn.microsoft.com/azure/aks/entra-id-authorization"],
    passes=[gold()],
    fails=[gold({"access.azure_rbac": False}), gold({"access.azure_rbac": False, "access.entra": False})],
)
def azure_rbac_off(cluster: Cluster) -> Verdicts:
    """Azure RBAC does not decide who may do what in the cluster.

    ## Why it matters
    Rights are then kept in role bindings inside each cluster, where access reviews, Privileged Identity Management and
    Azure Policy do not see them, and where dev and prod drift apart.

    ## Fix
    In place and reversible; it needs Entra integration, which is one-way. Assign the roles before you take the old
    bindings away.

        az aks update -g GROUP -n NAME --enable-azure-rbac
        az role assignment create --role "Azure Kubernetes Service RBAC Reader" --assignee OBJECT_ID --scope CLUSTER_ID
    """
    if not known(cluster.access.azure_rbac):
        entra = cluster.access.entra
        missing = {"access.entra": True} if is_known(entra) and not entra else {}
        yield Fail(
            "Azure RBAC for Kubernetes authorization is off",
            field="access.azure_rbac",
            sets={**missing, "access.azure_rbac": True},
        )
