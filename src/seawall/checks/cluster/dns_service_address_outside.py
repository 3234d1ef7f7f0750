"""AKS-NET-013."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_ADDRESS = "network.dns_service_ip"


@check(
    "AKS-NET-013",
    severity=Severity.MEDIUM,
    sets={"network.service_cidr": "10.0.0.0/16", _ADDRESS: "10.0.0.10"},
    refs=["https://learn.microsoft.com/azure/aks/configure-azure-cni"],
    passes=[gold(), gold({_ADDRESS: None})],
    fails=[gold({_ADDRESS: "10.1.0.10"}), gold({_ADDRESS: "10.0.0.1"})],
    unknowns=[gold({_ADDRESS: "[variables('dns')]"})],
)
def dns_service_address_outside(cluster: Cluster) -> Verdicts:
    """The address of the cluster's DNS service is not one that its range of services has for it.

    ## Why it matters
    AKS refuses it: the DNS service is a service, so its address lies in their range, and the first one there belongs to
    the Kubernetes API.

    ## Fix
    Take an address inside the range, by custom the tenth. Both are fixed when a cluster is created.

        az aks create -g GROUP -n NAME --service-cidr 10.0.0.0/16 --dns-service-ip 10.0.0.10
    """
    address, services = known(cluster.network.dns_service_ip), known(cluster.network.service_cidr)
    if not address or not services:
        return
    try:
        place, network = ip_address(address), ip_network(services, strict=False)
    except ValueError:
        yield Undecided(f"cannot be decided: {address} or {services} is not an address", field=_ADDRESS)
        return
    if place not in network:
        yield Fail(f"AKS refuses DNS service address {address}: it is outside {services}", field=_ADDRESS)
    elif place == network.network_address + 1:
        yield Fail(f"AKS refuses DNS service address {address}: it is that of the Kubernetes API", field=_ADDRESS)
