"""The Bicep resources around a cluster: network, identities, key, logs, windows, roles, the way in."""

# ruff: noqa: E501 — templates: a line is as long as the Bicep that it writes

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seawall.model import Cluster, is_known
from seawall.remedies.design import Design
from seawall.remedies.emit import bicep_monitoring, bicep_network, bicep_vault
from seawall.remedies.emit.names import monitor

CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
VAULT_CONTRIBUTOR = "f25e0fa2-a7c8-4377-a976-54943a77a395"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
"""Role definitions: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""

PULL = f"""\
// Lets an identity pull from a registry of this resource group.
param registryName string
param principalId string

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {{
  name: registryName
}}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(registry.id, principalId)
  scope: registry
  properties: {{
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{ACR_PULL}')
    principalId: principalId
    principalType: 'ServicePrincipal'
  }}
}}
"""


def first(design: Design) -> list[str]:
    """What must be there before the cluster, and is not named in it."""
    return ["networkRole", "kubeletRole", "keyRole", "keyLinkRole"]


def before(design: Design) -> str:
    """Parameters, and what the cluster needs to be there first."""
    return "\n".join(
        part.strip("\n") + "\n"
        for part in (_parameters(design), bicep_network.network(design), _IDENTITIES, _key(design), _logs(design))
    )


def after(design: Design) -> str:
    """What belongs to the cluster, and the way into its network."""
    return "\n".join(part.strip("\n") + "\n" for part in _after(design))


def _parameters(design: Design) -> str:
    answers = design.answers
    text = f"param location string = '{answers.region}'\n"
    if answers.windows:
        text += "\n@secure()\n@description('Of the administrator of the Windows nodes.')\nparam windowsAdminPassword string\n"
    if answers.bastion:
        text += "\n@description('Public SSH key of the administrator of the jump host.')\nparam jumpHostSshKey string\n"
    return text


def _role(symbol: str, scope: str, role: str, principal: str, kind: str = "ServicePrincipal") -> str:
    return f"""
resource {symbol} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid({scope}.id, '{symbol}')
  scope: {scope}
  properties: {{
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{role}')
    principalId: {principal}
    principalType: '{kind}'
  }}
}}
"""


_IDENTITIES = (
    """
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-control-plane'
  location: location
}

resource kubeletIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-kubelet'
  location: location
}
"""
    + _role("networkRole", "network", NETWORK_CONTRIBUTOR, "identity.properties.principalId")
    + _role("kubeletRole", "kubeletIdentity", IDENTITY_OPERATOR, "identity.properties.principalId")
)


def _key(design: Design) -> str:
    return (
        bicep_vault.vault(design)
        + _role("keyRole", "vault", CRYPTO_USER, "identity.properties.principalId")
        + _role("keyLinkRole", "vault", VAULT_CONTRIBUTOR, "identity.properties.principalId")
    )


def _logs(design: Design) -> str:
    name = design.answers.name
    metrics = f"""
resource metrics 'Microsoft.Monitor/accounts@2023-04-03' = {{
  name: '{monitor("metrics", name)}'
  location: location
}}

var metricsId = metrics.id
"""
    if given := design.answers.workspace_id:
        return f"{metrics}var workspaceId = '{given}'\n"
    return f"""{metrics}
resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {{
  name: 'log-{name}'
  location: location
  properties: {{
    sku: {{ name: 'PerGB2018' }}
    retentionInDays: {365 if design.answers.regulated else 90}
  }}
}}

var workspaceId = workspace.id
"""


def _after(design: Design) -> Iterator[str]:
    yield from attached(design.cluster)
    for number, group in enumerate(design.answers.admin_groups):
        yield _role(f"admins{number}", "cluster", CLUSTER_ADMIN, f"'{group}'", "Group")
    if design.answers.acr_id:
        yield _pull(design.answers.acr_id)
    if design.answers.bastion:
        yield bicep_network.bastion(design)


def attached(cluster: Cluster) -> Iterator[str]:
    """The settings of a cluster that are resources of their own; `workspaceId` and `metricsId` say where things go."""
    yield from bicep_monitoring.collecting(cluster)
    protection, windows = cluster.protection, cluster.upkeep.maintenance_windows
    if is_known(protection.audit_logs) and protection.audit_logs:
        yield _audit(protection.audit_logs)
    for number, window in enumerate(windows if is_known(windows) else ()):
        yield _window(f"window{number}", window, "Saturday" if number else "Sunday")
    if is_known(protection.safeguards_level) and protection.safeguards_level:
        standard = protection.pod_security_level
        pods = f"    podSecurityStandardsLevel: '{standard}'\n" if is_known(standard) and standard else ""
        yield f"""
// Refuses unsafe workloads. Set 'Warn' first where workloads move in that nobody has looked at.
resource safeguards 'Microsoft.ContainerService/deploymentSafeguards@2025-07-01' = {{
  name: 'default'
  scope: cluster
  properties: {{
    level: '{protection.safeguards_level}'
{pods}  }}
}}
"""


def _audit(categories: tuple[str, ...]) -> str:
    logs = "".join(f"      {{ category: '{category}', enabled: true }}\n" for category in categories)
    return f"""
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {{
  name: 'aks-audit'
  scope: cluster
  properties: {{
    workspaceId: workspaceId
    logs: [
{logs}    ]
  }}
}}
"""


def _window(symbol: str, name: str, day: str) -> str:
    return f"""
resource {symbol} 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2025-05-01' = {{
  parent: cluster
  name: '{name}'
  properties: {{
    maintenanceWindow: {{
      schedule: {{
        weekly: {{ intervalWeeks: 1, dayOfWeek: '{day}' }}
      }}
      durationHours: 4
      startTime: '02:00'
      utcOffset: '+00:00'
    }}
  }}
}}
"""


def _pull(acr: str) -> str:
    parts: Any = acr.split("/")
    return f"""
module pull 'acr-pull.bicep' = {{
  name: 'acr-pull'
  scope: resourceGroup('{parts[2]}', '{parts[4]}')
  params: {{
    registryName: '{parts[-1]}'
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
  }}
}}
"""
