"""AKS-NET-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.checks.network_engines import engine_for
from seawall.model import Cluster, Severity, known

_OFF = {"network.policy": None, "network.dataplane": "azure"}


@check(
    "AKS-NET-003",
    severity=Severity.HIGH,
    sets={"network.policy": "cilium", "network.dataplane": "cilium"},
    refs=["https://learn.microsoft.com/azure/aks/use-network-policies"],
    passes=[gold({"network.policy": policy}) for policy in ("cilium", "calico", "azure")],
    fails=[
        gold(_OFF),
        gold({**_OFF, "network.policy": "none"}),
        gold({**_OFF, "pools": (gold_pool("system", mode="System"), gold_pool("win", os_type="Windows"))}),
        gold({**_OFF, "network.plugin": "kubenet", "network.plugin_mode": None}),
    ],
    unknowns=[gold({**_OFF, "network.plugin": None}), gold({**_OFF, "network.plugin": "none"})],
)
def network_policy_off(cluster: Cluster) -> Verdicts:
    """No network policy engine is enabled.

    ## Why it matters
    Any pod can reach any other pod. NetworkPolicy objects are accepted by the API server and silently ignored.

    ## Fix
    Enable an engine: in place, every node pool is reimaged at once. Kubernetes 1.30 or newer. Cilium needs both flags
    in one call and Azure CNI.

        az aks update -g GROUP -n NAME --network-dataplane cilium --network-policy cilium

    On kubenet, or with Windows pools, Calico:

        az aks update -g GROUP -n NAME --network-policy calico

    Terraform does it in place as well from azurerm 4.58 on; older ones replace the cluster for the Cilium dataplane.
    """
    if (known(cluster.network.policy) or "none").lower() != "none":
        return
    if (known(cluster.network.plugin) or "none").lower() == "none":
        yield Undecided(
            "cannot be decided: the cluster brings its own CNI, which may or may not enforce network policies",
            field="network.plugin",
        )
    else:
        yield Fail("no network policy engine is enabled", field="network.policy", sets=engine_for(cluster))
