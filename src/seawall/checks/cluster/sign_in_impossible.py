"""AKS-ACC-009."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-009",
    severity=Severity.HIGH,
    sets={"access.entra": True},
    refs=["https://learn.microsoft.com/azure/aks/local-accounts"],
    passes=[gold(), gold({"access.local_accounts_disabled": False, "access.entra": False})],
    fails=[gold({"access.entra": False})],
)
def sign_in_impossible(cluster: Cluster) -> Verdicts:
    """Local accounts are disabled and Entra ID is off, so nobody can sign in.

    ## Why it matters
    Local accounts and Entra ID are the only two ways in. With neither, AKS refuses the cluster, or nobody can use the
    one that there is.

    ## Fix
    Turn on Entra integration, with an admin group or Azure RBAC: in place, with no way back.

        az aks update -g GROUP -n NAME --enable-aad --enable-azure-rbac
    """
    if known(cluster.access.local_accounts_disabled) and not known(cluster.access.entra):
        yield Fail("nobody can sign in: local accounts are disabled and Entra ID is off", field="access.entra")
