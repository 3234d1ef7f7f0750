"""AKS-ACC-002."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-002",
    severity=Severity.HIGH,
    sets={"access.entra": True},
    refs=["https://learn.microsoft.com/azure/aks/entra-id-control-plane-authentication"],
    passes=[gold()],
    fails=[gold({"access.entra": False})],
)
def entra_off(cluster: Cluster) -> Verdicts:
    """People do not sign in to the cluster with Entra ID.

    ## Why it matters
    Access then rests on client certificates that cannot be revoked one by one, carry no multi-factor sign-in, outlive
    the people they were given to, and leave no name in the audit log.

    ## Fix
    It is switched on in place and cannot be switched off again. Name an admin group you belong to, or turn on Azure
    RBAC in the same call; otherwise nobody but the local administrator gets in. Everyone fetches a new kubeconfig.

        az aks update -g GROUP -n NAME --enable-aad --aad-admin-group-object-ids GROUP_OBJECT_ID
    """
    if not known(cluster.access.entra):
        yield Fail("Entra ID integration is off", field="access.entra")
