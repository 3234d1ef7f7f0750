"""AKS-IDN-002."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-IDN-002",
    severity=Severity.LOW,
    sets={"identity.oidc_issuer": True},
    refs=["https://learn.microsoft.com/azure/aks/use-oidc-issuer"],
    passes=[gold()],
    fails=[gold({"identity.oidc_issuer": False})],
)
def oidc_issuer_off(cluster: Cluster) -> Verdicts:
    """The cluster has no OIDC issuer.

    ## Why it matters
    Without it no pod can exchange its service account token for an Entra token, so workloads that need Azure are given
    secrets instead. Workload identity, IMDS restriction and Image Integrity all need it.

    ## Fix
    It restarts the API server and cannot be switched off again. Taking it out of a Terraform
    configuration again replaces the cluster (azurerm since 4.68).

        az aks update -g GROUP -n NAME --enable-oidc-issuer
    """
    if not known(cluster.identity.oidc_issuer):
        yield Fail("the OIDC issuer is off", field="identity.oidc_issuer")
