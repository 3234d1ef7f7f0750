"""AKS-POOL-008."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, known

_ENDS = {
    "azurelinux2": datetime.date(2025, 11, 30),
    "cblmariner": datetime.date(2025, 11, 30),
    "mariner": datetime.date(2025, 11, 30),
    "windows2019": datetime.date(2026, 3, 1),
    "windowsannual": datetime.date(2026, 5, 15),
    "flatcar": datetime.date(2026, 6, 8),
    "ubuntu2004": datetime.date(2027, 3, 17),
    "ubuntu2204": datetime.date(2027, 6, 30),
    "windows2022": datetime.date(2028, 6, 30),
}
"""Read in the AKS documentation (`upgrade-os-version` and its retirement notes) on 2026-08-21."""

_NOTICE = {datetime.timedelta(days=180): Severity.MEDIUM, datetime.timedelta(days=365): Severity.LOW}


@check(
    "AKS-POOL-008",
    severity=Severity.HIGH,
    sets={"pool.os_sku": "AzureLinux3"},
    refs=["https://learn.microsoft.com/azure/aks/upgrade-os-version"],
    passes=[
        gold(),
        gold({"pool.os_sku": "Ubuntu"}),
        gold({"pool.os_sku": "Ubuntu2404"}),
        gold({"pool.os_sku": "Windows2022"}),
    ],
    fails=[gold({"pool.os_sku": sku}) for sku in ("CBLMariner", "Windows2019", "Ubuntu2204")],
)
def node_os_retiring(pool: Pool, today: datetime.date) -> Verdicts:
    """The operating system of the nodes is out of support, or soon will be.

    ## Why it matters
    From that day its kernel, container runtime and libraries get no fixes, and later no node image: the pool cannot
    scale any more. Ubuntu and AzureLinux without a number follow the version of Kubernetes.

    ## Fix
    Between Ubuntu and Azure Linux in place: the nodes are reimaged. From one Windows to another takes a new pool.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --os-sku AzureLinux3
    """
    sku = known(pool.os_sku) or ""
    end = _ENDS.get(sku.lower())
    if end is None:
        return
    severity = next((weight for notice, weight in _NOTICE.items() if end - notice <= today), None)
    past = today > end
    if past or severity:
        sets = {"pool.os_sku": "Windows2025"} if sku.lower().startswith("windows") else None
        text = f"{sku} {'left' if past else 'leaves'} support on {end}"
        yield Fail(text, field="pool.os_sku", sets=sets, severity=None if past else severity)
