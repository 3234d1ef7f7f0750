"""AKS-IDN-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known


@check(
    "AKS-IDN-003",
    severity=Severity.MEDIUM,
    sets={"identity.workload_identity": True},
    refs=["https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster"],
    passes=[gold()],
    fails=[
        gold({"identity.workload_identity": False}),
        gold({"identity.workload_identity": False, "identity.oidc_issuer": False}),
    ],
)
def workload_identity_off(cluster: Cluster) -> Verdicts:
    """Workload identity is off.

    ## Why it matters
    Pods that use Azure then need a secret that can be stolen and expires, or borrow the identity of the node, which
    every other pod of that node can borrow too.

    ## Fix
    In place; it needs the OIDC issuer, which is one-way and restarts the API server. Then give each workload its own
    identity with a federated credential.

        az aks update -g GROUP -n NAME --enable-oidc-issuer --enable-workload-identity
    """
    if not known(cluster.identity.workload_identity):
        issuer = cluster.identity.oidc_issuer
        missing = {"identity.oidc_issuer": True} if is_known(issuer) and not issuer else {}
        yield Fail(
            "workload identity is off",
            field="identity.workload_identity",
            sets={**missing, "identity.workload_identity": True},
        )
