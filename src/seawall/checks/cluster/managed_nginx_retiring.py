"""AKS-ADD-007."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import UNKNOWN, Cluster, Severity, known

_PATCHED_UNTIL = datetime.date(2026, 11, 30)
_ON = {"addons.web_app_routing": True}


@check(
    "AKS-ADD-007",
    severity=Severity.MEDIUM,
    sets={"addons.web_app_routing_nginx": None},
    refs=["https://learn.microsoft.com/azure/aks/app-routing"],
    passes=[gold(), gold(_ON)],
    fails=[gold({**_ON, "addons.web_app_routing_nginx": "AnnotationControlled"})],
    unknowns=[gold({**_ON, "addons.web_app_routing_nginx": UNKNOWN})],
)
def managed_nginx_retiring(cluster: Cluster, today: datetime.date) -> Verdicts:
    """The application routing add-on runs NGINX, which gets no patches after 2026-11-30.

    ## Why it matters
    The ingress controller is what the internet talks to, and its flaws have let strangers take over clusters.

    ## Fix
    Move the ingresses to the Gateway API, then take the default NGINX controller away: in place.

        az aks approuting update -g GROUP -n NAME --nginx None
    """
    if (
        known(cluster.addons.web_app_routing)
        and (known(cluster.addons.web_app_routing_nginx) or "none").lower() != "none"
    ):
        past = today > _PATCHED_UNTIL
        yield Fail(
            f"managed NGINX {'has had no patches since' if past else 'gets patches until'} {_PATCHED_UNTIL}",
            field="addons.web_app_routing_nginx",
            severity=Severity.HIGH if past else None,
        )
