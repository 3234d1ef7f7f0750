"""AKS-PRO-014."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-014",
    severity=Severity.INFO,
    sets={"protection.custom_ca_certificates": ()},
    refs=["https://learn.microsoft.com/azure/aks/custom-certificate-authority"],
    passes=[gold()],
    fails=[gold({"protection.custom_ca_certificates": ("bWFkZSB1cA==",)})],
)
def extra_certificate_authorities(cluster: Cluster) -> Verdicts:
    """The nodes trust certificate authorities of your own.

    ## Why it matters
    Whoever holds the key of one of them can stand between the nodes and any registry, and give them any image. They
    are right where a proxy or a private registry needs them, and no longer than that.

    ## Fix
    Look at whose they are and when they end; take out what nothing needs. All pools are reimaged.

        az aks update -g GROUP -n NAME --ca-certs FILE
    """
    certificates = known(cluster.protection.custom_ca_certificates)
    if certificates:
        yield Fail(
            f"certificate authorities that nodes trust beside the usual ones: {len(certificates)}",
            field="protection.custom_ca_certificates",
        )
