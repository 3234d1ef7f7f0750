"""AKS-NET-007."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-NET-007",
    severity=Severity.INFO,
    sets={"network.transit_encryption": "WireGuard"},
    refs=["https://learn.microsoft.com/azure/aks/how-to-apply-wireguard"],
    passes=[gold(), gold({"network.transit_encryption": None, "network.dataplane": "azure"})],
    fails=[gold({"network.transit_encryption": None})],
)
def pod_traffic_in_clear(cluster: Cluster) -> Verdicts:
    """Traffic between pods on different nodes is not encrypted, though Cilium can.

    ## Why it matters
    Whoever taps the virtual network reads what services say to each other where they do not use TLS themselves.

    ## Fix
    In place and reversible, with ACNS, which costs extra: the Cilium agents restart, and throughput between nodes falls
    to some 1.5 Gbps at an MTU of 1500. Pods on the host network are not covered.

        az aks update -g GROUP -n NAME --enable-acns --acns-transit-encryption-type WireGuard
    """
    network = cluster.network
    if (known(network.dataplane) or "azure").lower() == "cilium" and not known(network.transit_encryption):
        yield Fail("transit encryption is off", field="network.transit_encryption")
