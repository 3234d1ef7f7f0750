"""AKS-ACC-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-007",
    severity=Severity.LOW,
    sets={"access.admin_groups": ()},
    refs=["https://learn.microsoft.com/azure/aks/entra-id-authorization"],
    passes=[gold()],
    fails=[gold({"access.admin_groups": ("00000000-0000-0000-0000-000000000004",)})],
)
def admin_groups_beside_azure_rbac(cluster: Cluster) -> Verdicts:
    """Groups are cluster-admin for good, beside Azure RBAC.

    ## Why it matters
    Members of an admin group may do anything, whatever their Azure roles say: access reviews and just-in-time roles of
    Azure RBAC do not reach them. Terraform does not notice when the list changes.

    ## Fix
    In place and reversible. Give the group the role "Azure Kubernetes Service RBAC Cluster Admin" first, then empty the
    list.

        az aks update -g GROUP -n NAME --aad-admin-group-object-ids ''
    """
    access = cluster.access
    if known(access.azure_rbac) and (groups := known(access.admin_groups)):
        yield Fail(f"permanent cluster-admin groups: {', '.join(groups)}", field="access.admin_groups")
