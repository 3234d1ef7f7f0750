"""AKS-ACC-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known


@check(
    "AKS-ACC-008",
    severity=Severity.HIGH,
    sets={"access.entra": True},
    refs=["https://learn.microsoft.com/azure/aks/entra-id-authorization"],
    passes=[gold(), gold({"access.azure_rbac": False, "access.entra": False})],
    fails=[gold({"access.entra": False}), gold({"access.rbac": False})],
)
def azure_rbac_without_entra(cluster: Cluster) -> Verdicts:
    """Azure RBAC is on without what it needs: Entra ID and Kubernetes RBAC.

    ## Why it matters
    AKS refuses the combination when it is deployed. Azure RBAC judges Entra identities, so without them it has nobody
    to judge.

    ## Fix
    Turn on Entra integration in the same call: in place, with no way back. Kubernetes RBAC can be set only when a
    cluster is created.

        az aks update -g GROUP -n NAME --enable-aad --enable-azure-rbac
    """
    access = cluster.access
    if not known(access.azure_rbac):
        return
    needs = {"access.entra": access.entra, "access.rbac": access.rbac}
    off = [path for path, value in needs.items() if is_known(value) and not value]
    if off:
        names = {"access.entra": "Entra integration", "access.rbac": "Kubernetes RBAC"}
        text = " and ".join(names[path] for path in off)
        yield Fail(f"AKS refuses Azure RBAC without {text}", field=off[0], sets=dict.fromkeys(off, True))
    else:
        for value in needs.values():
            known(value)
