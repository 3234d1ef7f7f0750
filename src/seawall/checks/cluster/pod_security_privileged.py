"""AKS-PRO-011."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_LEVEL = "protection.pod_security_level"


@check(
    "AKS-PRO-011",
    severity=Severity.MEDIUM,
    sets={_LEVEL: "Baseline"},
    refs=["https://learn.microsoft.com/azure/aks/deployment-safeguards"],
    passes=[gold(), gold({_LEVEL: "Baseline"}), gold({_LEVEL: "Privileged", "protection.safeguards_level": None})],
    fails=[gold({_LEVEL: value}) for value in (None, "Privileged")],
)
def pod_security_privileged(cluster: Cluster) -> Verdicts:
    """The safeguards ask for no pod security standard.

    ## Why it matters
    At the level Privileged a pod may share the host's processes and network, mount its files and run as root with all
    capabilities: one such pod is the node.

    ## Fix
    In place and reversible. Baseline refuses what breaks out of a container; Restricted also asks for non-root.

        az aks safeguards update -g GROUP -n NAME --pss-level Baseline
    """
    level = known(cluster.protection.pod_security_level) or "Privileged"
    if level.lower() == "privileged" and known(cluster.protection.safeguards_level):
        yield Fail("the safeguards' pod security level is Privileged", field=_LEVEL)
