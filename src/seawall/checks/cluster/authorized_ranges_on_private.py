"""AKS-API-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-005",
    severity=Severity.MEDIUM,
    sets={"api_server.authorized_ranges": ()},
    refs=["https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"],
    passes=[gold(), gold({"api_server.private": False, "api_server.authorized_ranges": ("203.0.113.0/24",)})],
    fails=[gold({"api_server.authorized_ranges": ("203.0.113.0/24",)})],
)
def authorized_ranges_on_private(cluster: Cluster) -> Verdicts:
    """A private cluster has authorised address ranges.

    ## Why it matters
    AKS refuses the two together: ranges filter the public address of the API server, and a private cluster has none.
    Who reads the ranges believes that they restrict something.

    ## Fix
    Empty the list, or make the cluster public on purpose. Network security groups restrict who reaches a private
    endpoint.

        az aks update -g GROUP -n NAME --api-server-authorized-ip-ranges ''
    """
    if known(cluster.api_server.private) and (ranges := known(cluster.api_server.authorized_ranges)):
        yield Fail(
            f"AKS refuses authorised ranges on a private cluster: {', '.join(ranges)}",
            field="api_server.authorized_ranges",
        )
