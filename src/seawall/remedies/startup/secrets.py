"""What the Secrets Store CSI driver needs to mount secrets of a key vault, instead of a script that fetches them.

Source: https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
"""

from __future__ import annotations

from collections.abc import Sequence

from seawall.remedies.manifests.render import render


def provider_class(workload: str, secrets: Sequence[tuple[str, str]]) -> str:
    """SecretProviderClass documents, one a vault; identity and tenant are to be filled in."""
    documents = []
    for vault in dict.fromkeys(vault for vault, _ in secrets):
        objects = [f"  - |\n    objectName: {name}\n    objectType: secret" for each, name in secrets if each == vault]
        manifest = {
            "apiVersion": "secrets-store.csi.x-k8s.io/v1",
            "kind": "SecretProviderClass",
            "metadata": {"name": f"{workload}-{vault}"[:63].rstrip("-.")},
            "spec": {
                "provider": "azure",
                "parameters": {
                    "usePodIdentity": "false",
                    "clientID": "CLIENT_ID_OF_THE_WORKLOAD_IDENTITY",
                    "keyvaultName": vault,
                    "tenantId": "TENANT_ID",
                    "objects": "\n".join(("array:", *objects, "")),
                },
            },
        }
        documents.append("\n".join((*render(manifest, 0), "")))
    how = (
        "# mount it: volumes: [{name: secrets, csi: {driver: secrets-store.csi.k8s.io, readOnly: true,\n"
        "#   volumeAttributes: {secretProviderClass: NAME}}}], and let the program read the files\n"
    )
    return how + "---\n".join(documents)
