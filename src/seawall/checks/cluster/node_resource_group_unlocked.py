"""AKS-PRO-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-004",
    severity=Severity.LOW,
    sets={"protection.node_resource_group_restriction": "ReadOnly"},
    refs=["https://learn.microsoft.com/azure/aks/node-resource-group-lockdown"],
    passes=[gold()],
    fails=[gold({"protection.node_resource_group_restriction": value}) for value in (None, "Unrestricted")],
)
def node_resource_group_unlocked(cluster: Cluster) -> Verdicts:
    """The node resource group can be changed by hand.

    ## Why it matters
    Whoever may write to the subscription can change nodes, network rules and addresses behind the back of AKS: a way
    round the cluster's own access rules, and a common cause of clusters that AKS cannot mend.

    ## Fix
    In place and reversible. Look first for automation that tags or changes resources in that group: it will be refused.

        az aks update -g GROUP -n NAME --nrg-lockdown-restriction-level ReadOnly
    """
    level = known(cluster.protection.node_resource_group_restriction) or "Unrestricted"
    if level.lower() != "readonly":
        yield Fail(
            f"the node resource group is {level}, not ReadOnly", field="protection.node_resource_group_restriction"
        )
