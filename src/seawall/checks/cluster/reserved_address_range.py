"""AKS-NET-014."""

from __future__ import annotations

from ipaddress import ip_network

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known

_RESERVED = [ip_network(text) for text in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")]
_PODS, _SERVICES = "network.pod_cidr", "network.service_cidr"


@check(
    "AKS-NET-014",
    severity=Severity.MEDIUM,
    sets={_PODS: "10.244.0.0/16"},
    refs=[
        "https://learn.microsoft.com/azure/aks/azure-cni-overlay",
        "https://learn.microsoft.com/azure/aks/configure-azure-cni",
    ],
    passes=[gold(), gold({_PODS: None}), gold({_PODS: "fd00::/64"})],
    fails=[gold({_PODS: "172.30.0.0/16"}), gold({_SERVICES: "169.254.0.0/24"})],
    unknowns=[gold({_PODS: "[parameters('podCidr')]"})],
)
def reserved_address_range(cluster: Cluster) -> Verdicts:
    """A range of addresses is one that AKS keeps for itself.

    ## Why it matters
    AKS refuses 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 and 192.0.2.0/24 for pods and services: its own parts use
    them.

    ## Fix
    Take another range. The range of pods can only grow on a running cluster, and that of services is fixed.

        az aks create -g GROUP -n NAME --pod-cidr 10.244.0.0/16 --service-cidr 10.0.0.0/16
    """
    defaults = {_PODS: "10.244.0.0/16", _SERVICES: "10.0.0.0/16"}
    ranges = {_PODS: cluster.network.pod_cidr, _SERVICES: cluster.network.service_cidr}
    for path, text in ranges.items():
        if not is_known(text) or not text:
            continue
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            yield Undecided(f"cannot be decided: {text} is not an address range", field=path)
            continue
        if any(network.version == 4 and network.overlaps(reserved) for reserved in _RESERVED):
            yield Fail(
                f"AKS refuses {text}: it keeps these addresses for itself", field=path, sets={path: defaults[path]}
            )
    known(ranges[_PODS]), known(ranges[_SERVICES])
