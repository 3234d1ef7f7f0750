"""AKS-NET-011."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Pool, Severity, known

_TYPE = "network.outbound_type"


@check(
    "AKS-NET-011",
    severity=Severity.MEDIUM,
    sets={"pool.subnet": "SUBNET_ID"},
    refs=["https://learn.microsoft.com/azure/aks/egress-outboundtype"],
    passes=[gold(), gold({_TYPE: "managedNATGateway", "pool.subnet": None}), gold({_TYPE: "loadBalancer"})],
    fails=[
        gold({"pool.subnet": None}),
        gold({_TYPE: "userAssignedNATGateway", "pool.subnet": None}),
        gold({_TYPE: "managedNATGateway"}),
        gold({_TYPE: "block"}),
    ],
)
def outbound_type_needs_other_network(cluster: Cluster, pool: Pool) -> Verdicts:
    """The outbound type does not go with the network that the pool is in.

    ## Why it matters
    AKS refuses a route table or NAT gateway of yours in a network that it made, and its own NAT gateway, or `block`, in
    a network of yours.

    ## Fix
    The network is chosen when the cluster is made. Name a subnet for every pool, or choose an outbound type that the
    network takes.

        az aks create -g GROUP -n NAME --vnet-subnet-id SUBNET_ID --outbound-type userDefinedRouting
    """
    outbound = (known(cluster.network.outbound_type) or "none").lower()
    if outbound in ("userdefinedrouting", "userassignednatgateway") and not known(pool.subnet):
        yield Fail(f"AKS refuses outbound type {outbound} where the pool names no subnet", field="pool.subnet")
    elif outbound in ("managednatgateway", "managednatgatewayv2", "block") and known(pool.subnet):
        other = None if outbound == "block" else "userAssignedNATGateway"
        yield Fail(
            f"AKS refuses outbound type {outbound} in a subnet of your own", field="pool.subnet", sets={_TYPE: other}
        )
