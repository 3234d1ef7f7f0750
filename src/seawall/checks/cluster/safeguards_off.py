"""AKS-PRO-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_LEVEL = "protection.safeguards_level"


@check(
    "AKS-PRO-010",
    severity=Severity.MEDIUM,
    sets={_LEVEL: "Enforce"},
    refs=["https://learn.microsoft.com/azure/aks/deployment-safeguards"],
    passes=[gold()],
    fails=[gold({_LEVEL: value}) for value in (None, "Off", "Warn")],
)
def safeguards_off(cluster: Cluster) -> Verdicts:
    """Deployment safeguards do not refuse unsafe workloads.

    ## Why it matters
    They are what took the place of pod security policies: without them, or with another admission policy, privileged
    pods, host paths and images without limits start like any other.

    ## Fix
    In place and reversible, with the Azure Policy add-on. Begin with Warn, see what is reported, then Enforce. They are
    a separate resource; an export of the cluster alone does not hold them.

        az aks safeguards create -g GROUP -n NAME --level Warn
        az aks safeguards update -g GROUP -n NAME --level Enforce
    """
    level = known(cluster.protection.safeguards_level) or "Off"
    if level.lower() != "enforce":
        warns = level.lower() == "warn"
        yield Fail(
            "deployment safeguards only warn" if warns else "deployment safeguards are off",
            field=_LEVEL,
            severity=Severity.LOW if warns else None,
        )
