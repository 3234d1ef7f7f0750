"""AKS-POOL-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.network_engines import word
from seawall.model import Pool, Severity, is_known, known

_BOTH = {"pool.secure_boot": True, "pool.vtpm": True}


@check(
    "AKS-POOL-007",
    severity=Severity.LOW,
    sets=_BOTH,
    refs=["https://learn.microsoft.com/azure/aks/use-trusted-launch"],
    passes=[gold(), gold({"pool.os_type": "Windows", "pool.secure_boot": False})],
    fails=[gold({"pool.secure_boot": False}), gold({"pool.vtpm": False}), gold(dict.fromkeys(_BOTH, False))],
)
def trusted_launch_off(pool: Pool) -> Verdicts:
    """The nodes start without secure boot or without a virtual TPM.

    ## Why it matters
    Malware that puts itself below the operating system is neither refused at the start nor seen afterwards.

    ## Fix
    The nodes are reimaged. Generation 2 Linux machines only; not on Arm, Kata or confidential ones. Terraform (azurerm)
    cannot set it.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --enable-secure-boot --enable-vtpm
    """
    if word(pool.os_type) == "windows":
        return
    parts = {"pool.secure_boot": pool.secure_boot, "pool.vtpm": pool.vtpm}
    off = [path for path, value in parts.items() if is_known(value) and not value]
    known(pool.os_type)
    if off:
        names = {"pool.secure_boot": "secure boot", "pool.vtpm": "the virtual TPM"}
        yield Fail(f"off: {', '.join(names[path] for path in off)}", field=off[0])
    else:
        known(pool.secure_boot), known(pool.vtpm)
