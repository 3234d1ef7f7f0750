"""AKS-UPK-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.kubernetes_versions import LTS_PLAN
from seawall.model import Cluster, Severity, known


@check(
    "AKS-UPK-005",
    severity=Severity.MEDIUM,
    sets={"upkeep.tier": "Premium"},
    refs=["https://learn.microsoft.com/azure/aks/long-term-support"],
    passes=[gold(), gold({"upkeep.support_plan": "AKSLongTermSupport", "upkeep.tier": "Premium"})],
    fails=[gold({"upkeep.support_plan": "AKSLongTermSupport", "upkeep.tier": tier}) for tier in ("Free", "Standard")],
)
def long_term_support_tier(cluster: Cluster) -> Verdicts:
    """Long-term support is asked for without the Premium tier.

    ## Why it matters
    AKS refuses it. Who counts on two years of fixes for a version has one, and learns it when the first year ends.

    ## Fix
    Change the tier in the same call: in place and reversible; Premium costs more by the hour.

        az aks update -g GROUP -n NAME --tier premium --k8s-support-plan AKSLongTermSupport
    """
    plan, tier = known(cluster.upkeep.support_plan) or "", known(cluster.upkeep.tier) or "Free"
    if plan.lower() == LTS_PLAN.lower() and tier.lower() != "premium":
        yield Fail(f"AKS refuses long-term support on tier {tier}: it needs Premium", field="upkeep.tier")
