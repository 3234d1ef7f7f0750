"""AKS-NET-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known


@check(
    "AKS-NET-008",
    severity=Severity.INFO,
    sets={"network.acns": True, "network.acns_security": True},
    refs=["https://learn.microsoft.com/azure/aks/use-advanced-container-networking-services"],
    passes=[gold(), gold({"network.acns": False, "network.dataplane": "azure"})],
    fails=[gold({"network.acns": False}), gold({"network.acns_security": False})],
)
def acns_off(cluster: Cluster) -> Verdicts:
    """Cilium runs without ACNS: no policies by host name, no record of flows.

    ## Why it matters
    Egress can then be allowed by address only, and addresses of services on the internet change; and nobody can see
    afterwards which pod spoke to what.

    ## Fix
    In place and reversible; Kubernetes 1.29 or newer; it costs extra by node.

        az aks update -g GROUP -n NAME --enable-acns
    """
    network = cluster.network
    if (known(network.dataplane) or "azure").lower() != "cilium":
        return
    for path, value in (("network.acns", network.acns), ("network.acns_security", network.acns_security)):
        if is_known(value) and not value:
            yield Fail("Advanced Container Networking Services or their security part are off", field=path)
            return
    known(network.acns), known(network.acns_security)
