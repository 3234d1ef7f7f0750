"""AKS-IDN-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known

_CUSTOM = gold().identity.kubelet


@check(
    "AKS-IDN-006",
    severity=Severity.MEDIUM,
    sets={"identity.type": "UserAssigned"},
    refs=[
        "https://learn.microsoft.com/azure/aks/pre-created-kubelet-managed-identity",
        "https://learn.microsoft.com/azure/aks/private-clusters",
    ],
    passes=[
        gold(),
        gold({"identity.type": "SystemAssigned", "identity.kubelet": None}),
        gold({"identity.type": "SystemAssigned", "identity.kubelet": f"{_CUSTOM}-agentpool"}),
    ],
    fails=[
        gold({"identity.type": "SystemAssigned"}),
        gold(
            {"identity.type": "SystemAssigned", "identity.kubelet": None, "api_server.private_dns_zone": "/zones/own"}
        ),
    ],
)
def user_assigned_identity_missing(cluster: Cluster) -> Verdicts:
    """Something that needs a user-assigned identity is set on a cluster without one.

    ## Why it matters
    AKS refuses a kubelet identity or a private DNS zone of your own with a system-assigned control-plane identity: it
    does not exist yet when rights on those have to be given to it.

    ## Fix
    Create an identity, give it the rights it needs, and name it. The nodes follow when the pools are upgraded.

        az aks update -g GROUP -n NAME --enable-managed-identity --assign-identity IDENTITY_ID
    """
    if (known(cluster.identity.type) or "").lower() != "systemassigned":
        return
    kubelet, zone = cluster.identity.kubelet, cluster.api_server.private_dns_zone
    # AKS makes the kubelet's identity itself, CLUSTER-agentpool, where none is named.
    own_kubelet = is_known(kubelet) and kubelet and not kubelet.lower().endswith("-agentpool")
    own_zone = is_known(zone) and (zone or "").startswith("/")
    if own_kubelet or own_zone:
        what = "kubelet identity" if own_kubelet else "private DNS zone"
        yield Fail(f"AKS refuses a {what} of your own beside a system-assigned identity", field="identity.type")
    else:
        known(kubelet), known(zone)
