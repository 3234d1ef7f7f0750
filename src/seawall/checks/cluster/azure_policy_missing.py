"""AKS-PRO-009."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, is_known, known
from seawall.model.paths import get

_NEEDS = {"protection.image_integrity": "Image Integrity", "protection.safeguards_level": "deployment safeguards"}


@check(
    "AKS-PRO-009",
    severity=Severity.MEDIUM,
    sets={"addons.azure_policy": True},
    refs=[
        "https://learn.microsoft.com/azure/aks/deployment-safeguards",
        "https://learn.microsoft.com/azure/aks/image-integrity",
    ],
    passes=[gold(), gold({**dict.fromkeys(_NEEDS), "addons.azure_policy": False})],
    fails=[
        gold({"addons.azure_policy": False}),
        gold({**dict.fromkeys(_NEEDS), "protection.safeguards_level": "Warn", "addons.azure_policy": False}),
    ],
)
def azure_policy_missing(cluster: Cluster) -> Verdicts:
    """Something that needs the Azure Policy add-on is on without it.

    ## Why it matters
    Deployment safeguards and Image Integrity are policies that the add-on carries out. Without it AKS refuses them, or
    they watch nothing.

    ## Fix
    Turn the add-on on first: in place and reversible.

        az aks enable-addons -g GROUP -n NAME --addons azure-policy
    """
    if known(cluster.addons.azure_policy):
        return
    values = {path: get(cluster, path) for path in _NEEDS}
    wanting = [_NEEDS[path] for path, value in values.items() if is_known(value) and value]
    if wanting:
        yield Fail(f"{' and '.join(wanting)} need the Azure Policy add-on, which is off", field="addons.azure_policy")
    else:
        for value in values.values():
            known(value)
