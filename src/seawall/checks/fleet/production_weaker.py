"""AKS-FLT-002."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.groups import Fleet
from seawall.checks.sides import weaker
from seawall.model import Severity, Unknown

_PROD, _STAGING = gold({"name": "contoso-prod"}), gold({"name": "contoso-staging"})


@check(
    "AKS-FLT-002",
    severity=Severity.HIGH,
    sets={},
    refs=["https://learn.microsoft.com/azure/well-architected/operational-excellence/safe-deployments"],
    passes=[
        (_STAGING, _PROD),
        (gold({"name": "contoso-staging", "protection.defender": False}), _PROD),
        (
            gold({"name": "contoso-dev", "protection.defender": False}),
            gold({"name": "contoso-prod", "protection.defender": False}),
        ),
    ],
    fails=[
        (_STAGING, gold({"name": "contoso-prod", "protection.defender": False})),
        (_STAGING, gold({"name": "contoso-prod", "pool.host_encryption": False})),
        (
            gold({"name": "one", "tags": {"app": "shop", "env": "qa"}}),
            gold({"name": "two", "tags": {"app": "shop", "env": "production"}, "access.entra": False}),
        ),
    ],
    unknowns=[
        (_STAGING, gold({"name": "contoso-prod", "protection.defender": Unknown()})),
        (
            gold({"name": "contoso-staging", "protection.defender": Unknown()}),
            gold({"name": "contoso-prod", "protection.defender": False}),
        ),
    ],
)
def production_weaker(fleet: Fleet) -> Verdicts:
    """Production is weaker than a lower environment.

    ## Why it matters
    A protection that the same system has on dev, test or staging is missing where the data is. Somebody chose it, it
    works there, and it was forgotten or taken back in production.

    ## Fix
    Make the change that the lower environment already has. It was tried there, so its effects are known; what it costs
    is told with the finding.
    """
    yield from weaker(fleet.productive, fleet.lower, Severity.MEDIUM, Severity.HIGH)
