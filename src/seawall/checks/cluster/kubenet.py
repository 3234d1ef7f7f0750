"""AKS-NET-001."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_RETIRES = datetime.date(2028, 3, 31)


@check(
    "AKS-NET-001",
    severity=Severity.MEDIUM,
    sets={"network.plugin": "azure", "network.plugin_mode": "overlay"},
    refs=[
        "https://learn.microsoft.com/azure/aks/update-azure-cni",
        "https://learn.microsoft.com/azure/aks/configure-kubenet",
    ],
    passes=[gold()],
    fails=[
        gold(
            {
                "network.plugin": "kubenet",
                "network.plugin_mode": None,
                "network.policy": "calico",
                "network.dataplane": "azure",
            }
        )
    ],
)
def kubenet(cluster: Cluster, today: datetime.date) -> Verdicts:
    """The cluster network is kubenet, which retires on 2028-03-31.

    ## Why it matters
    kubenet takes no policy engine but Calico, cannot run Cilium, and gets no support after 2028-03-31.

    ## Fix
    To Azure CNI Overlay: in place, all pools are reimaged, and there is no way back. Before it: a user-assigned
    identity, Kubernetes 1.30 or newer, no network policy engine, and no route table of your own on the subnet.
    NetworkPolicy objects are not enforced until the engine is back.

        az aks update -g GROUP -n NAME --network-policy none
        az aks update -g GROUP -n NAME --network-plugin azure --network-plugin-mode overlay
        az aks update -g GROUP -n NAME --network-dataplane cilium --network-policy cilium
    """
    if (known(cluster.network.plugin) or "").lower() == "kubenet":
        past = today > _RETIRES
        yield Fail(
            f"the network plugin is kubenet, which {'retired' if past else 'retires'} on {_RETIRES}",
            field="network.plugin",
            severity=Severity.HIGH if past else None,
        )
