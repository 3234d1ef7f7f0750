"""AKS-IDN-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known
from seawall.model.paths import get

_NEEDS = {
    "identity.workload_identity": "workload identity",
    "identity.imds_restriction": "IMDS restriction",
    "protection.image_integrity": "Image Integrity",
}


@check(
    "AKS-IDN-005",
    severity=Severity.MEDIUM,
    sets={"identity.oidc_issuer": True},
    refs=[
        "https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster",
        "https://learn.microsoft.com/azure/aks/imds-restriction",
        "https://learn.microsoft.com/azure/aks/image-integrity",
    ],
    passes=[gold(), gold({**dict.fromkeys(_NEEDS, False), "identity.oidc_issuer": False})],
    fails=[
        gold({"identity.oidc_issuer": False}),
        gold({**dict.fromkeys(_NEEDS, False), "identity.imds_restriction": True, "identity.oidc_issuer": False}),
    ],
)
def oidc_issuer_missing(cluster: Cluster) -> Verdicts:
    """Something that needs the OIDC issuer is on without it.

    ## Why it matters
    AKS refuses workload identity, IMDS restriction and Image Integrity on a cluster whose OIDC issuer is off.

    ## Fix
    Turn the issuer on in the same call: the API server restarts, and there is no way back.

        az aks update -g GROUP -n NAME --enable-oidc-issuer --enable-workload-identity
    """
    if known(cluster.identity.oidc_issuer):
        return
    values = {path: get(cluster, path) for path in _NEEDS}
    wanting = [_NEEDS[path] for path, value in values.items() if is_known(value) and value]
    if wanting:
        yield Fail(f"AKS refuses {', '.join(wanting)} without the OIDC issuer", field="identity.oidc_issuer")
    else:
        for value in values.values():
            known(value)
