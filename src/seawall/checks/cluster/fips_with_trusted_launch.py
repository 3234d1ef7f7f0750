"""AKS-POOL-017."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, is_known, known

_ALL = {"pool.fips": True, "pool.secure_boot": True, "pool.vtpm": True}


@check(
    "AKS-POOL-017",
    severity=Severity.MEDIUM,
    sets={"pool.secure_boot": False, "pool.vtpm": False},
    refs=["https://learn.microsoft.com/azure/aks/use-trusted-launch"],
    passes=[gold(), gold({**_ALL, "pool.os_sku": "Ubuntu2204"}), gold({**_ALL, "pool.fips": False})],
    fails=[gold(_ALL), gold({**_ALL, "pool.os_sku": "Ubuntu2404", "pool.vtpm": False})],
    unknowns=[gold({**_ALL, "pool.os_sku": "Ubuntu"})],
)
def fips_with_trusted_launch(pool: Pool) -> Verdicts:
    """FIPS and Trusted Launch are asked for on an operating system that has not both.

    ## Why it matters
    AKS refuses the two together on anything but Ubuntu 22.04, which leaves support on 2027-06-30.

    ## Fix
    Choose one of the two: FIPS where the law asks for it, Trusted Launch otherwise. The nodes are reimaged.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --disable-secure-boot --disable-vtpm
    """
    if not known(pool.fips):
        return
    launch = [value for value in (pool.secure_boot, pool.vtpm) if is_known(value)]
    if not any(launch):
        known(pool.secure_boot), known(pool.vtpm)
        return
    sku = known(pool.os_sku) or "Ubuntu"
    if sku.lower() == "ubuntu":
        yield Undecided(
            "cannot be decided: the release of Ubuntu follows the version of Kubernetes", field="pool.os_sku"
        )
    elif sku.lower() != "ubuntu2204":
        yield Fail(f"AKS refuses FIPS with Trusted Launch on {sku}", field="pool.os_sku")
