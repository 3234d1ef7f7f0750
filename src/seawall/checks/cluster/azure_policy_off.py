"""AKS-ADD-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ADD-001",
    severity=Severity.MEDIUM,
    sets={"addons.azure_policy": True},
    refs=["https://learn.microsoft.com/azure/aks/use-azure-policy"],
    passes=[gold()],
    fails=[gold({"addons.azure_policy": False})],
)
def azure_policy_off(cluster: Cluster) -> Verdicts:
    """The Azure Policy add-on is off.

    ## Why it matters
    Azure Policy can then neither see nor refuse what is deployed in the cluster: privileged pods, images from anywhere,
    host paths. Deployment safeguards and Image Integrity need it.

    ## Fix
    In place and reversible. Assign policies in audit mode first; it is the assignments that refuse, not the add-on.

        az aks enable-addons -g GROUP -n NAME --addons azure-policy
    """
    if not known(cluster.addons.azure_policy):
        yield Fail("the Azure Policy add-on is off", field="addons.azure_policy")
