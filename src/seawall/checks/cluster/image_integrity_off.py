"""AKS-PRO-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-008",
    severity=Severity.INFO,
    sets={"protection.image_integrity": True},
    refs=["https://learn.microsoft.com/azure/aks/image-integrity"],
    passes=[gold()],
    fails=[gold({"protection.image_integrity": False})],
)
def image_integrity_off(cluster: Cluster) -> Verdicts:
    """The signatures of images are not looked at.

    ## Why it matters
    An image that was put into the registry past the pipeline looks like any other. Signatures tell which were built by
    whom.

    ## Fix
    Preview, and it only audits: it does not refuse. It needs the OIDC issuer and the Azure Policy add-on, and images
    signed with Notation.

        az aks update -g GROUP -n NAME --enable-image-integrity
    """
    if not known(cluster.protection.image_integrity):
        yield Fail("Image Integrity is off", field="protection.image_integrity")
