"""AKS-NET-002."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import engine_for, has_windows
from seawall.model import Cluster, Severity, is_known, known

_LINUX = datetime.date(2028, 9, 30)
_WINDOWS = datetime.date(2026, 9, 30)
_SOON = datetime.timedelta(days=365)

_NPM = {"network.policy": "azure", "network.dataplane": "azure"}
_WINDOWS_POOLS = (gold_pool("system", mode="System"), gold_pool("win", os_type="Windows", os_sku="Windows2022"))


@check(
    "AKS-NET-002",
    severity=Severity.MEDIUM,
    sets={"network.policy": "cilium", "network.dataplane": "cilium"},
    refs=[
        "https://learn.microsoft.com/azure/aks/migrate-from-npm-to-cilium-network-policy",
        "https://learn.microsoft.com/azure/aks/use-network-policies",
    ],
    passes=[gold(), gold({"network.policy": "calico", "network.dataplane": "azure"}), gold({"network.policy": None})],
    fails=[gold(_NPM), gold({**_NPM, "pools": _WINDOWS_POOLS})],
)
def network_policy_retiring(cluster: Cluster, today: datetime.date) -> Verdicts:
    """The network policy engine is Azure NPM, which is being retired.

    ## Why it matters
    Azure Network Policy Manager leaves support on 2026-09-30 for Windows nodes and on 2028-09-30 for Linux nodes. It
    is not supported past 250 nodes or 20,000 pods either.

    ## Fix
    To Cilium: both flags in one call, all pools are reimaged, no Windows pools. Cilium enforces only when every node is
    done, and its `ipBlock` does not match pods or nodes: read the policies first.

        az aks update -g GROUP -n NAME --network-dataplane cilium --network-policy cilium

    With Windows pools: to Calico, by way of none. Nothing is enforced in between.

        az aks update -g GROUP -n NAME --network-policy none
        az aks update -g GROUP -n NAME --network-policy calico

    Terraform (azurerm) replaces the cluster on the way to Calico, and before 4.58 to Cilium: use az.
    """
    if (known(cluster.network.policy) or "").lower() != "azure":
        return
    windows = has_windows(cluster)
    where, date = ("Windows", _WINDOWS) if windows is True else ("Linux", _LINUX)
    doubt = "" if is_known(windows) else f"; on Windows, which the input does not rule out, on {_WINDOWS}"
    yield Fail(
        f"Azure NPM {'retired' if today > date else 'retires'} on {date} on {where} nodes{doubt}",
        field="network.policy",
        sets=engine_for(cluster),
        severity=Severity.HIGH if today > date - _SOON else None,
    )
