"""AKS-POOL-011."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import word
from seawall.model import Pool, Severity, known

_TAINT = "CriticalAddonsOnly=true:NoSchedule"


@check(
    "AKS-POOL-011",
    severity=Severity.LOW,
    sets={"pool.taints": (_TAINT,)},
    refs=["https://learn.microsoft.com/azure/aks/use-system-pools"],
    passes=[
        gold(),
        gold({"pools": (gold_pool("user"),)}),
        gold({"pool.taints": ("CriticalAddonsOnly=true:NoExecute",)}),
    ],
    fails=[gold({"pool.taints": ()}), gold({"pool.taints": ("sku=gpu:NoSchedule",)})],
)
def system_pool_shared(pool: Pool) -> Verdicts:
    """Workloads share nodes with the cluster's own parts.

    ## Why it matters
    A pod that breaks out, or takes all memory, does so beside CoreDNS, the metrics server and the policy agents.

    ## Fix
    In place and reversible. There must be a user pool for the workloads first; running pods stay until they restart.
    Terraform (azurerm) cycles the pool for it.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --node-taints CriticalAddonsOnly=true:NoSchedule
    """
    if word(pool.mode) != "system":
        known(pool.mode)
    elif not any(taint.lower().startswith("criticaladdonsonly=") for taint in known(pool.taints)):
        yield Fail(
            "the system pool takes any workload",
            field="pool.taints",
            sets={"pool.taints": (*known(pool.taints), _TAINT)},
        )
