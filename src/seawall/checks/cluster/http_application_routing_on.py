"""AKS-ADD-002."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ADD-002",
    severity=Severity.HIGH,
    sets={"addons.http_application_routing": False},
    refs=["https://learn.microsoft.com/azure/aks/app-routing"],
    passes=[gold()],
    fails=[gold({"addons.http_application_routing": True})],
)
def http_application_routing_on(cluster: Cluster) -> Verdicts:
    """The HTTP application routing add-on is on.

    ## Why it matters
    It is a retired demonstration: an old ingress controller, open to the internet, that publishes what runs in the
    cluster in a public DNS zone. It was never meant for production and gets no fixes.

    ## Fix
    Move the ingresses to the application routing add-on or to the Gateway API, then switch it off in place. Ingresses
    still on it go away at that moment.

        az aks disable-addons -g GROUP -n NAME --addons http_application_routing
    """
    if known(cluster.addons.http_application_routing):
        yield Fail("the retired HTTP application routing add-on is on", field="addons.http_application_routing")
