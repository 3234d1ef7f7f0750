"""AKS-PRO-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-001",
    severity=Severity.HIGH,
    sets={"protection.defender": True},
    refs=["https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-introduction"],
    passes=[gold()],
    fails=[gold({"protection.defender": False})],
)
def defender_off(cluster: Cluster) -> Verdicts:
    """The Defender sensor does not watch the cluster.

    ## Why it matters
    Nobody is told of a shell in a container, a miner, or a token used from outside: what runs on the nodes is unseen.

    ## Fix
    In place and reversible. It also needs the Defender for Containers plan on the subscription, which costs by core.

        az aks update -g GROUP -n NAME --enable-defender
    """
    if not known(cluster.protection.defender):
        yield Fail("the Defender sensor is off", field="protection.defender")
