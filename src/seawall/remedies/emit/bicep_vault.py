"""The key of a cluster in Bicep, and its vault, which no public network reaches."""

from __future__ import annotations

from seawall.remedies.design import Design


def vault(design: Design) -> str:
    """The vault, the key, and the vault's address inside the network.

    The control plane of Azure makes the key: no firewall of a vault stands before it
    (https://learn.microsoft.com/azure/key-vault/general/network-security). AKS makes a private endpoint of its own
    (https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption); the one here is for whoever rotates the key.
    """
    hsm = design.answers.regulated
    return f"""
// Secrets in etcd are encrypted with this key. Never delete a version of it: what it encrypted would be lost.
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {{
  name: '{design.vault}'
  location: location
  properties: {{
    tenantId: tenant().tenantId
    sku: {{ family: 'A', name: '{"premium" if hsm else "standard"}' }}
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: 'Disabled'
    networkAcls: {{ bypass: 'None', defaultAction: 'Deny' }}
  }}
}}

// Azure Resource Manager makes the key: whoever deploys this needs no way to the vault.
resource etcdKey 'Microsoft.KeyVault/vaults/keys@2023-07-01' = {{
  parent: vault
  name: 'etcd'
  properties: {{ kty: '{"RSA-HSM" if hsm else "RSA"}', keySize: {3072 if hsm else 2048} }}
}}

// The way to the vault for whoever rotates the key; AKS makes another one, for itself.
resource endpointSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {{
  parent: network
  name: 'endpoints'
  properties: {{
    addressPrefix: '{design.subnets.endpoints}'
    networkSecurityGroup: {{ id: guard.id }}
  }}
  dependsOn: [api]
}}
{_ENDPOINT}"""


_ENDPOINT = """
resource vaultEndpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'vault'
  location: location
  properties: {
    subnet: { id: endpointSubnet.id }
    privateLinkServiceConnections: [
      {
        name: 'vault'
        properties: { privateLinkServiceId: vault.id, groupIds: ['vault'] }
      }
    ]
  }
}

resource vaultZone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.vaultcore.azure.net'
  location: 'global'
}

resource vaultZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: vaultZone
  name: 'network'
  location: 'global'
  properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
}

resource vaultName 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: vaultEndpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: 'vault'
        properties: { privateDnsZoneId: vaultZone.id }
      }
    ]
  }
}
"""
