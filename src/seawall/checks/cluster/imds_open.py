"""AKS-IDN-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-IDN-007",
    severity=Severity.LOW,
    sets={"identity.imds_restriction": True},
    refs=["https://learn.microsoft.com/azure/aks/imds-restriction"],
    passes=[gold()],
    fails=[gold({"identity.imds_restriction": False})],
)
def imds_open(cluster: Cluster) -> Verdicts:
    """Pods can ask the node's metadata service for the node's identity.

    ## Why it matters
    Any pod can fetch a token of the kubelet's identity from 169.254.169.254 and act as the node in Azure: pull every
    image that the node may pull, and whatever else that identity may do.

    ## Fix
    Preview. It needs the OIDC issuer, and several add-ons do not work with it. Nodes follow only after a node image
    upgrade. A network policy that denies 169.254.169.254 does part of the same.

        az aks update -g GROUP -n NAME --enable-imds-restriction
        az aks nodepool upgrade -g GROUP --cluster-name NAME -n POOL --node-image-only
    """
    if not known(cluster.identity.imds_restriction):
        yield Fail("pods reach the instance metadata service", field="identity.imds_restriction")
