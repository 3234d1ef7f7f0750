"""AKS-PRO-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-007",
    severity=Severity.INFO,
    sets={"protection.defender_gating": True},
    refs=["https://learn.microsoft.com/azure/defender-for-cloud/runtime-gated-overview"],
    passes=[gold(), gold({"protection.defender_gating": False, "protection.defender": False})],
    fails=[gold({"protection.defender_gating": False})],
)
def defender_gating_off(cluster: Cluster) -> Verdicts:
    """Defender does not keep vulnerable images from being deployed.

    ## Why it matters
    Scans of the registry and of pipelines tell what is wrong with an image; nothing stops it from being started anyway.

    ## Fix
    In place and reversible, with the Defender sensor: `securityGating` in its configuration file. Audit first, then
    deny.

        az aks update -g GROUP -n NAME --enable-defender --defender-config FILE
    """
    if known(cluster.protection.defender) and not known(cluster.protection.defender_gating):
        yield Fail("Defender's gate for images is off", field="protection.defender_gating")
