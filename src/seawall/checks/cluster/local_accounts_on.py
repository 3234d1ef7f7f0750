"""AKS-ACC-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known


@check(
    "AKS-ACC-004",
    severity=Severity.HIGH,
    sets={"access.local_accounts_disabled": True},
    refs=[
        "https://learn.microsoft.com/azure/aks/local-accounts",
        "https://learn.microsoft.com/azure/aks/rotate-certificates",
    ],
    passes=[gold()],
    fails=[
        gold({"access.local_accounts_disabled": False}),
        gold({"access.local_accounts_disabled": False, "access.entra": False}),
    ],
)
def local_accounts_on(cluster: Cluster) -> Verdicts:
    """The static administrator account of the cluster is enabled.

    ## Why it matters
    `az aks get-credentials --admin` hands out a cluster-admin certificate that belongs to nobody, passes by Entra ID,
    conditional access and Azure RBAC, and stays valid for years wherever it was copied to.

    ## Fix
    In place, but it needs Entra integration, or nobody can sign in. On a cluster that already runs, certificates
    handed out before stay valid until they are rotated, and the rotation recreates every node: up to 30 minutes of
    downtime.

        az aks update -g GROUP -n NAME --disable-local-accounts
        az aks rotate-certs -g GROUP -n NAME
    """
    if not known(cluster.access.local_accounts_disabled):
        entra = cluster.access.entra
        missing = {"access.entra": True} if is_known(entra) and not entra else {}
        yield Fail(
            "local accounts are enabled: a static cluster-admin certificate passes by Entra ID",
            field="access.local_accounts_disabled",
            sets={**missing, "access.local_accounts_disabled": True},
        )
