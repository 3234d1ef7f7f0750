"""AKS-FLT-004."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.groups import Fleet
from seawall.checks.sides import SIZES, weaker
from seawall.model import Severity, Unknown

_PROD, _DEV = gold({"name": "contoso-prod"}), gold({"name": "contoso-dev"})


@check(
    "AKS-FLT-004",
    severity=Severity.MEDIUM,
    sets={},
    refs=["https://learn.microsoft.com/azure/well-architected/operational-excellence/safe-deployments"],
    passes=[
        (_DEV, _PROD),
        (_DEV, gold({"name": "contoso-prod", "protection.defender": False})),
        (gold({"name": "contoso-dev", "pool.count": 1}), _PROD),
        (
            gold({"name": "contoso-dev", "network.transit_encryption": None}),
            gold({"name": "contoso-prod", "network.transit_encryption": None, "network.policy": "calico"}),
        ),
        (
            gold({"name": "contoso-dev", "protection.defender": False}),
            gold({"name": "contoso-prod", "protection.defender": False}),
        ),
    ],
    fails=[
        (gold({"name": "contoso-dev", "protection.defender": False}), _PROD),
        (gold({"name": "contoso-staging", "pool.host_encryption": False}), _PROD),
    ],
    unknowns=[(gold({"name": "contoso-dev", "protection.defender": Unknown()}), _PROD)],
)
def lower_weaker(fleet: Fleet) -> Verdicts:
    """A lower environment is weaker than production.

    ## Why it matters
    A protection of production is not there where its changes are tested: what it refuses is seen in production first.
    And a lower environment often shares a network, a registry or an identity with production: it is the easier way in.

    ## Fix
    Make the change that production already has; what it costs is told with the finding. Environments are to differ in
    size, not in what keeps them safe: how many nodes, in which zones and of which tier is not asked.
    """
    for said in weaker(fleet.lower, fleet.productive, Severity.LOW, Severity.MEDIUM):
        if said.field not in SIZES:
            yield said
