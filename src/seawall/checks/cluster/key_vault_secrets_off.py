"""AKS-ADD-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ADD-004",
    severity=Severity.LOW,
    sets={"addons.key_vault_secrets": True},
    refs=["https://learn.microsoft.com/azure/aks/csi-secrets-store-driver"],
    passes=[gold()],
    fails=[gold({"addons.key_vault_secrets": False})],
)
def key_vault_secrets_off(cluster: Cluster) -> Verdicts:
    """Pods cannot mount secrets from a key vault.

    ## Why it matters
    Secrets then live as Kubernetes Secrets, readable by whoever may read the namespace and often by the repository that
    made them. With the provider they stay in Key Vault, with its access log and rotation.

    ## Fix
    In place and reversible. Nothing moves by itself: give each workload a SecretProviderClass.

        az aks enable-addons -g GROUP -n NAME --addons azure-keyvault-secrets-provider
    """
    if not known(cluster.addons.key_vault_secrets):
        yield Fail("the Key Vault secrets provider is off", field="addons.key_vault_secrets")
