"""AKS-ADD-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ADD-005",
    severity=Severity.LOW,
    sets={"addons.secret_rotation": True},
    refs=["https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options"],
    passes=[gold(), gold({"addons.key_vault_secrets": False, "addons.secret_rotation": False})],
    fails=[gold({"addons.secret_rotation": False})],
)
def secret_rotation_off(cluster: Cluster) -> Verdicts:
    """Secrets mounted from a key vault are not refreshed.

    ## Why it matters
    A secret that was rotated in Key Vault, for instance because it leaked, stays in use until the pod restarts.

    ## Fix
    In place and reversible. Applications must read the file again, or be restarted when it changes.

        az aks addon update -g GROUP -n NAME --addon azure-keyvault-secrets-provider --enable-secret-rotation
    """
    if known(cluster.addons.key_vault_secrets) and not known(cluster.addons.secret_rotation):
        yield Fail("secret rotation is off", field="addons.secret_rotation")
