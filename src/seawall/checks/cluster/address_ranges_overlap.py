"""AKS-NET-012."""

from __future__ import annotations

from ipaddress import ip_network

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_SERVICES, _PODS = "network.service_cidr", "network.pod_cidr"
_DEFAULTS = {_SERVICES: "10.0.0.0/16", "network.dns_service_ip": "10.0.0.10", _PODS: "10.244.0.0/16"}


@check(
    "AKS-NET-012",
    severity=Severity.MEDIUM,
    sets=_DEFAULTS,
    refs=["https://learn.microsoft.com/azure/aks/concepts-network-cni-overlay"],
    passes=[gold(), gold({_PODS: None}), gold({_PODS: "fd00::/64"})],
    fails=[gold({_PODS: "10.0.128.0/17"}), gold({_SERVICES: "10.244.0.0/24"})],
    unknowns=[gold({_PODS: "[parameters('podCidr')]"})],
)
def address_ranges_overlap(cluster: Cluster) -> Verdicts:
    """The ranges of services and pods overlap.

    ## Why it matters
    AKS refuses ranges that overlap. Where they were made to, traffic to a service may end at a pod.

    ## Fix
    Choose ranges that nothing else uses, in the virtual network and what is connected to it. The range of services is
    fixed when a cluster is created; the range of pods can only grow.

        az aks create -g GROUP -n NAME --service-cidr 10.0.0.0/16 --dns-service-ip 10.0.0.10 --pod-cidr 10.244.0.0/16
    """
    pods, services = known(cluster.network.pod_cidr), known(cluster.network.service_cidr)
    if not pods or not services:
        return
    try:
        overlap = ip_network(pods, strict=False).overlaps(ip_network(services, strict=False))
    except ValueError:
        yield Undecided(f"cannot be decided: {pods} or {services} is not an address range", field=_PODS)
        return
    if overlap:
        yield Fail(f"AKS refuses pod range {pods} beside service range {services}: they overlap", field=_PODS)
