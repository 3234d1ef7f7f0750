"""AKS-POOL-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, known


@check(
    "AKS-POOL-010",
    severity=Severity.INFO,
    sets={"pool.zones": ("1", "2", "3")},
    refs=["https://learn.microsoft.com/azure/aks/availability-zones"],
    passes=[gold(), gold({"pool.zones": ("1", "2")})],
    fails=[gold({"pool.zones": ()}), gold({"pool.zones": ("1",)})],
)
def zones_missing(pool: Pool) -> Verdicts:
    """The pool lies in one zone, or in none that is named.

    ## Why it matters
    When that building fails, so does the pool, the admission checks and sensors that run on it included. Some regions
    have no zones.

    ## Fix
    It is fixed when a pool is made: add a pool in three zones, drain the old one, delete it.

        az aks nodepool add -g GROUP --cluster-name NAME -n NEW_POOL --zones 1 2 3
        az aks nodepool delete -g GROUP --cluster-name NAME -n POOL
    """
    zones = known(pool.zones)
    if len(zones) < 2:
        yield Fail(f"availability zones: {', '.join(zones) or 'none named'}", field="pool.zones")
