"""AKS-ACC-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-005",
    severity=Severity.HIGH,
    sets={"access.entra": True, "access.entra_legacy_client": None, "access.entra_legacy_server": None},
    refs=["https://learn.microsoft.com/azure/aks/entra-id-control-plane-authentication"],
    passes=[gold()],
    fails=[
        gold({"access.entra_legacy_client": "00000000-0000-0000-0000-000000000001"}),
        gold({"access.entra_legacy_server": "00000000-0000-0000-0000-000000000002", "access.entra": False}),
    ],
)
def entra_legacy(cluster: Cluster) -> Verdicts:
    """The cluster signs people in with the retired Entra integration, its own app registrations.

    ## Why it matters
    The integration is retired. The server application's secret expires, and with it every sign-in; until then
    whoever holds the secret can read the directory with the rights of the application.

    ## Fix
    Migrate to the managed integration: in place, with no way back. The API server may be away for a while on the Free
    tier, and every kubeconfig changes. Delete the two app registrations afterwards.

        az aks update -g GROUP -n NAME --enable-aad --aad-admin-group-object-ids GROUP_OBJECT_ID
    """
    if application := known(cluster.access.entra_legacy_client):
        yield Fail(f"legacy Entra integration, client application {application}", field="access.entra_legacy_client")
    elif application := known(cluster.access.entra_legacy_server):
        yield Fail(f"legacy Entra integration, server application {application}", field="access.entra_legacy_server")
