"""AKS-POOL-016."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, known


@check(
    "AKS-POOL-016",
    severity=Severity.MEDIUM,
    sets={"pool.os_sku": "AzureLinux3"},
    refs=["https://learn.microsoft.com/azure/aks/use-pod-sandboxing"],
    passes=[gold(), gold({"pool.workload_runtime": "KataVmIsolation"}), gold({"pool.os_sku": "Ubuntu"})],
    fails=[gold({"pool.workload_runtime": "KataVmIsolation", "pool.os_sku": "Ubuntu2404"})],
)
def sandbox_needs_azure_linux(pool: Pool) -> Verdicts:
    """Pod sandboxing is asked for on nodes that are not Azure Linux.

    ## Why it matters
    AKS refuses it: only Azure Linux has the hypervisor that gives each pod a kernel of its own.

    ## Fix
    Make a pool of Azure Linux, of a size that can nest virtual machines.

        az aks nodepool add -g GROUP --cluster-name NAME -n POOL --os-sku AzureLinux --workload-runtime KataVmIsolation
    """
    if "kata" in (known(pool.workload_runtime) or "").lower():
        sku = known(pool.os_sku) or ""
        if not sku.lower().startswith(("azurelinux", "cblmariner")):
            yield Fail(f"AKS refuses pod sandboxing on {sku or 'the default OS'}", field="pool.os_sku")
