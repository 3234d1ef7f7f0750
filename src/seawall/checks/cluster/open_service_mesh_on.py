"""AKS-ADD-006."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_RETIRES = datetime.date(2027, 9, 30)


@check(
    "AKS-ADD-006",
    severity=Severity.MEDIUM,
    sets={"addons.open_service_mesh": False},
    refs=["https://learn.microsoft.com/azure/aks/open-service-mesh-about"],
    passes=[gold()],
    fails=[gold({"addons.open_service_mesh": True})],
)
def open_service_mesh_on(cluster: Cluster, today: datetime.date) -> Verdicts:
    """The Open Service Mesh add-on is on, which retires on 2027-09-30.

    ## Why it matters
    Its project is archived: flaws of the proxies between your services will not be mended.

    ## Fix
    Move the meshed namespaces to the Istio add-on, then switch this one off in place.

        az aks mesh enable -g GROUP -n NAME
        az aks disable-addons -g GROUP -n NAME --addons open-service-mesh
    """
    if known(cluster.addons.open_service_mesh):
        past = today > _RETIRES
        yield Fail(
            f"Open Service Mesh is on; it {'retired' if past else 'retires'} on {_RETIRES}",
            field="addons.open_service_mesh",
            severity=Severity.HIGH if past else None,
        )
