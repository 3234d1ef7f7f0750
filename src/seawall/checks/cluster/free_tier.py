"""AKS-UPK-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-UPK-006",
    severity=Severity.MEDIUM,
    sets={"upkeep.tier": "Standard"},
    refs=["https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers"],
    passes=[gold(), gold({"upkeep.tier": "Free", "name": "contoso-dev"})],
    fails=[gold({"upkeep.tier": "Free", "name": "contoso-prod"}), gold({"upkeep.tier": "Free"})],
)
def free_tier(cluster: Cluster, stage: str) -> Verdicts:
    """The control plane is of the Free tier, without a promise to be there.

    ## Why it matters
    There is no agreement on uptime, and fewer resources behind the API server: under load, deployments, scaling and
    admission checks stop. Clusters that a name, tag or seawall.yaml calls dev, test or staging are not asked.

    ## Fix
    In place and reversible; it costs by the hour.

        az aks update -g GROUP -n NAME --tier standard
    """
    if (known(cluster.upkeep.tier) or "Free").lower() != "free":
        return
    if stage == "production":
        yield Fail("a production cluster on the Free tier", field="upkeep.tier")
    elif not stage:
        yield Fail("the cluster is on the Free tier", field="upkeep.tier", severity=Severity.LOW)
