"""AKS-API-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-006",
    severity=Severity.MEDIUM,
    sets={"api_server.public_fqdn": True},
    refs=["https://learn.microsoft.com/azure/aks/private-clusters"],
    passes=[gold(), gold({"api_server.private_dns_zone": None, "api_server.public_fqdn": True})],
    fails=[gold({"api_server.private_dns_zone": None}), gold({"api_server.private_dns_zone": "none"})],
)
def private_name_unresolvable(cluster: Cluster) -> Verdicts:
    """The private cluster has neither a private DNS zone nor a public name.

    ## Why it matters
    AKS refuses it: with no zone and no public name, nothing resolves the address of the API server, not even the nodes.

    ## Fix
    Keep the public name where the zone is `none`, or let AKS make the zone. The zone of a running cluster can only be
    changed to `none`.

        az aks update -g GROUP -n NAME --enable-public-fqdn
    """
    api = cluster.api_server
    if known(api.private) and (known(api.private_dns_zone) or "none").lower() == "none" and not known(api.public_fqdn):
        yield Fail("AKS refuses a private DNS zone of none without the public FQDN", field="api_server.public_fqdn")
