"""AKS-ACC-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-006",
    severity=Severity.MEDIUM,
    sets={"access.azure_rbac": True},
    refs=["https://learn.microsoft.com/azure/aks/entra-id-control-plane-authentication"],
    passes=[
        gold(),
        gold({"access.azure_rbac": False, "access.admin_groups": ("00000000-0000-0000-0000-000000000004",)}),
    ],
    fails=[gold({"access.azure_rbac": False})],
)
def entra_admins_missing(cluster: Cluster) -> Verdicts:
    """No Entra group administers the cluster, and Azure RBAC is off.

    ## Why it matters
    Whoever signs in with Entra ID may then do nothing, so everyone uses the local administrator account; and once that
    is disabled, nobody can mend the cluster's roles.

    ## Fix
    In place and reversible. Turn on Azure RBAC and assign roles, or name a group that somebody reviews.

        az aks update -g GROUP -n NAME --enable-azure-rbac
        az aks update -g GROUP -n NAME --aad-admin-group-object-ids GROUP_OBJECT_ID
    """
    access = cluster.access
    if known(access.entra) and not known(access.azure_rbac) and not known(access.admin_groups):
        yield Fail("no admin group is named and Azure RBAC is off", field="access.admin_groups")
