"""AKS-POOL-009."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, known


@check(
    "AKS-POOL-009",
    severity=Severity.MEDIUM,
    sets={"pool.allowed_host_ports": ()},
    refs=["https://learn.microsoft.com/azure/aks/use-node-public-ips"],
    passes=[gold()],
    fails=[gold({"pool.allowed_host_ports": ("80/tcp", "40000-60000/udp")})],
)
def host_ports_open(pool: Pool) -> Verdicts:
    """Ports of the nodes are open in the network rules.

    ## Why it matters
    Whatever listens on them on a node can be reached from everywhere that the nodes can be, the internet included where
    they have public addresses; no ingress or load balancer is in between.

    ## Fix
    In place and reversible. Publish the workload through a load balancer or an ingress instead.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --allowed-host-ports ''
    """
    if ports := known(pool.allowed_host_ports):
        yield Fail(f"open on every node: {', '.join(ports)}", field="pool.allowed_host_ports")
