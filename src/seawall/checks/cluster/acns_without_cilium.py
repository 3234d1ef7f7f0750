"""AKS-NET-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known
from seawall.model.paths import get

_FEATURES = {
    "network.acns_security": "ACNS security",
    "network.transit_encryption": "transit encryption",
    "network.advanced_policies": "FQDN and L7 policies",
}
_AZURE = {"network.dataplane": "azure", "network.policy": "calico"}


@check(
    "AKS-NET-006",
    severity=Severity.MEDIUM,
    sets={"network.dataplane": "cilium", "network.policy": "cilium"},
    refs=[
        "https://learn.microsoft.com/azure/aks/use-advanced-container-networking-services",
        "https://learn.microsoft.com/azure/aks/how-to-apply-wireguard",
    ],
    passes=[gold(), gold({**_AZURE, **dict.fromkeys(_FEATURES), "network.acns_security": False})],
    fails=[gold(_AZURE), gold({**_AZURE, **dict.fromkeys(_FEATURES), "network.transit_encryption": "WireGuard"})],
)
def acns_without_cilium(cluster: Cluster) -> Verdicts:
    """A network protection that only Cilium has is asked for without Cilium.

    ## Why it matters
    AKS refuses ACNS security, transit encryption and FQDN or L7 policies on any other dataplane.

    ## Fix
    Change to Cilium: both flags in one call, all pools are reimaged, no Windows pools. Or switch the feature off.

        az aks update -g GROUP -n NAME --network-dataplane cilium --network-policy cilium
    """
    if (known(cluster.network.dataplane) or "azure").lower() == "cilium":
        return
    values = {path: get(cluster, path) for path in _FEATURES}
    wanting = [_FEATURES[path] for path, value in values.items() if is_known(value) and value]
    if wanting:
        yield Fail(f"AKS refuses {', '.join(wanting)} without the Cilium dataplane", field="network.dataplane")
    else:
        for value in values.values():
            known(value)
