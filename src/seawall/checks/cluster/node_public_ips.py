"""AKS-POOL-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.model import Cluster, Pool, Severity, known


@check(
    "AKS-POOL-001",
    severity=Severity.HIGH,
    sets={"pool.node_public_ip": False},
    refs=["https://learn.microsoft.com/azure/aks/use-node-public-ips"],
    passes=[gold()],
    fails=[
        gold({"pool.node_public_ip": True}),
        gold({"pools": (gold_pool("system", mode="System"), gold_pool("user", node_public_ip=True))}),
    ],
)
def node_public_ips(cluster: Cluster, pool: Pool) -> Verdicts:
    """Every node of the pool has a public address.

    ## Why it matters
    Kubelets, node ports and whatever runs on the host network are one network rule away from the internet. A private
    API server does not change that.

    ## Fix
    It is fixed when a pool is made: add a pool without public addresses, drain the old one, delete it.

        az aks nodepool add -g GROUP --cluster-name NAME -n NEW_POOL
        az aks nodepool delete -g GROUP --cluster-name NAME -n POOL
    """
    if known(pool.node_public_ip):
        yield Fail("every node has a public address", field="pool.node_public_ip")
