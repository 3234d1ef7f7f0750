"""AKS-PRO-002."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-002",
    severity=Severity.LOW,
    sets={"protection.image_cleaner": True},
    refs=["https://learn.microsoft.com/azure/aks/image-cleaner"],
    passes=[gold()],
    fails=[gold({"protection.image_cleaner": False})],
)
def image_cleaner_off(cluster: Cluster) -> Verdicts:
    """Unused images stay on the nodes.

    ## Why it matters
    Old images with known flaws lie ready to be started, without a pull that a registry could refuse.

    ## Fix
    In place and reversible. Images that no container uses are removed, by default once a week.

        az aks update -g GROUP -n NAME --enable-image-cleaner
    """
    if not known(cluster.protection.image_cleaner):
        yield Fail("the image cleaner is off", field="protection.image_cleaner")
