"""AKS-PRO-015."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import word
from seawall.model import Cluster, Severity, is_known, known

_MIXED = (gold_pool("system", mode="System", fips=True), gold_pool("user"))
_WINDOWS = (gold_pool("system", mode="System", fips=True), gold_pool("win", os_type="Windows"))


@check(
    "AKS-PRO-015",
    severity=Severity.LOW,
    sets={"pool.fips": True},
    refs=["https://learn.microsoft.com/azure/aks/enable-fips-nodes"],
    passes=[gold(), gold({"pool.fips": True}), gold({"pools": _WINDOWS})],
    fails=[gold({"pools": _MIXED})],
    unknowns=[gold({"pools": ()})],
)
def fips_incomplete(cluster: Cluster) -> Verdicts:
    """Some nodes use FIPS-validated cryptography, others do not.

    ## Why it matters
    A workload with that duty loses it when it is moved to another pool. With FIPS asked for the whole cluster, AKS
    refuses pools without it.

    ## Fix
    Turn it on for the other Linux pools: their nodes are reimaged. Windows Server 2022 and newer have it by default.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --enable-fips-image
    """
    pools = [pool for pool in known(cluster.pools) if word(pool.os_type) != "windows"]
    certain = [pool for pool in pools if is_known(pool.os_type) and is_known(pool.fips)]
    without = [pool.name for pool in certain if not pool.fips]
    if without and len(without) < len(certain):
        yield Fail(f"pools without FIPS beside pools with it: {', '.join(without)}", field="pool.fips")
    elif not known(cluster.pools):
        yield Undecided("cannot be decided: the input lists no pools", field="pools")
    else:
        for pool in pools:
            known(pool.os_type), known(pool.fips)
