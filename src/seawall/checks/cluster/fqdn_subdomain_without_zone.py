"""AKS-API-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known


@check(
    "AKS-API-010",
    severity=Severity.MEDIUM,
    sets={"api_server.fqdn_subdomain": None},
    refs=["https://learn.microsoft.com/azure/aks/private-clusters"],
    passes=[
        gold(),
        gold(
            {"api_server.fqdn_subdomain": "shop", "api_server.dns_prefix": None, "api_server.private_dns_zone": "/zone"}
        ),
    ],
    fails=[
        gold({"api_server.fqdn_subdomain": "shop", "api_server.dns_prefix": None}),
        gold({"api_server.fqdn_subdomain": "shop", "api_server.private_dns_zone": "/zone"}),
    ],
)
def fqdn_subdomain_without_zone(cluster: Cluster) -> Verdicts:
    """A name is set for the API server that AKS does not take.

    ## Why it matters
    AKS refuses an FQDN subdomain without a private DNS zone of your own, and beside a DNS prefix: the two are names of
    the same thing, fixed when the cluster is created.

    ## Fix
    Name a zone by its resource id, or use the DNS prefix and leave the subdomain out.

        az aks create -g GROUP -n NAME --enable-private-cluster --private-dns-zone ZONE_ID --fqdn-subdomain SUBDOMAIN
    """
    api = cluster.api_server
    if not known(api.fqdn_subdomain):
        return
    own_zone = is_known(api.private_dns_zone) and (api.private_dns_zone or "").startswith("/")
    if is_known(api.dns_prefix) and api.dns_prefix:
        yield Fail("AKS refuses a DNS prefix and an FQDN subdomain together", field="api_server.fqdn_subdomain")
    elif is_known(api.private_dns_zone) and not own_zone:
        yield Fail(
            "AKS refuses an FQDN subdomain without a private DNS zone of your own", field="api_server.fqdn_subdomain"
        )
    else:
        known(api.dns_prefix), known(api.private_dns_zone)
