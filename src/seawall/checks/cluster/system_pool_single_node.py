"""AKS-POOL-012."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import word
from seawall.model import Pool, Severity, known


@check(
    "AKS-POOL-012",
    severity=Severity.LOW,
    sets={"pool.count": 3},
    refs=["https://learn.microsoft.com/azure/aks/use-system-pools"],
    passes=[gold(), gold({"pools": (gold_pool("system", mode="System"), gold_pool("user", count=1))})],
    fails=[gold({"pool.count": 1})],
    unknowns=[gold({"pool.count": None})],
)
def system_pool_single_node(pool: Pool) -> Verdicts:
    """The system pool has a single node.

    ## Why it matters
    Every upgrade and every fault of that node takes down name resolution and admission checks of the whole cluster, a
    reason to put upgrades off.

    ## Fix
    In place and reversible: two nodes at least, three for production.

        az aks nodepool scale -g GROUP --cluster-name NAME -n POOL --node-count 3
    """
    if word(pool.mode) != "system":
        known(pool.mode)
    elif (count := known(pool.count)) is None:
        yield Undecided("cannot be decided: the input leaves the number of nodes to AKS", field="pool.count")
    elif count == 1:
        yield Fail("one node only", field="pool.count")
