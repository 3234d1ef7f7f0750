"""AKS-API-003."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-003",
    severity=Severity.LOW,
    sets={"api_server.public_fqdn": False},
    refs=["https://learn.microsoft.com/azure/aks/private-clusters"],
    passes=[gold(), gold({"api_server.private": False, "api_server.public_fqdn": True})],
    fails=[gold({"api_server.public_fqdn": True})],
)
def private_cluster_public_fqdn(cluster: Cluster) -> Verdicts:
    """The private cluster has a public DNS name.

    ## Why it matters
    Anyone can look up the name and learn the private address of the API server, and that it exists.

    ## Fix
    In place and reversible. Clients must be able to resolve the private DNS zone. Not possible where that zone is
    `none`: such a cluster needs its public name.

        az aks update -g GROUP -n NAME --disable-public-fqdn
    """
    if known(cluster.api_server.private) and known(cluster.api_server.public_fqdn):
        yield Fail("the private cluster has a public DNS name", field="api_server.public_fqdn")
