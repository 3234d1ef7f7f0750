"""The network of a cluster in Bicep, the way out of it, and the way in."""

from __future__ import annotations

from seawall.remedies.design import Design


def network(design: Design) -> str:
    """The network with its subnets, and the way out."""
    nets, egress = design.subnets, design.answers.egress
    out = {
        "firewall": "    routeTable: { id: routes.id }\n",
        "nat": "    natGateway: { id: natGateway.id }\n",
    }.get(egress, "")
    way = {"firewall": _ROUTES.replace("FIREWALL", design.answers.firewall_ip), "nat": _NAT}.get(egress, "")
    return f"""
{way}// Nothing comes in from the internet but what a service of type LoadBalancer asks for.
resource guard 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {{
  name: 'nsg-{design.answers.name}'
  location: location
  properties: {{
    securityRules: [
      {{
        name: 'deny-ssh-and-rdp-from-internet'
        properties: {{
          priority: 100
          direction: 'Inbound'
          access: 'Deny'
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: ['22', '3389']
        }}
      }}
    ]
  }}
}}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {{
  name: 'vnet-{design.answers.name}'
  location: location
  properties: {{
    addressSpace: {{ addressPrefixes: ['{design.answers.network}'] }}
  }}
}}

resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {{
  parent: network
  name: 'nodes'
  properties: {{
    addressPrefix: '{nets.nodes}'
    defaultOutboundAccess: false
    networkSecurityGroup: {{ id: guard.id }}
{out}  }}
}}

// VNet integration wants a subnet of its own, a /28 or larger, delegated to AKS.
resource api 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {{
  parent: network
  name: 'api-server'
  properties: {{
    addressPrefix: '{nets.api}'
    delegations: [
      {{
        name: 'aks'
        properties: {{ serviceName: 'Microsoft.ContainerService/managedClusters' }}
      }}
    ]
  }}
  dependsOn: [nodes] // Azure changes one subnet of a network at a time
}}
"""


_ROUTES = """\
resource routes 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'routes'
  location: location
  properties: {
    routes: [
      {
        name: 'out'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: 'FIREWALL'
        }
      }
    ]
  }
}

"""

_NAT = """\
resource natAddress 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'pip-nat'
  location: location
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource natGateway 'Microsoft.Network/natGateways@2024-05-01' = {
  name: 'nat'
  location: location
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: natAddress.id }] }
}

"""


def bastion(design: Design) -> str:
    """A jump host behind a bastion."""
    return _BASTION.replace("PREFIX-OF-BASTION", design.subnets.bastion).replace("PREFIX-OF-JUMP", design.subnets.jump)


_BASTION = """
// The way in: a jump host without a public address, reached through the bastion with the native client.
resource bastionSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'AzureBastionSubnet'
  properties: { addressPrefix: 'PREFIX-OF-BASTION' }
  dependsOn: [endpointSubnet]
}

resource jumpSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'jump'
  properties: {
    addressPrefix: 'PREFIX-OF-JUMP'
    networkSecurityGroup: { id: guard.id }
  }
  dependsOn: [bastionSubnet]
}

resource bastionAddress 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'pip-bastion'
  location: location
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource bastion 'Microsoft.Network/bastionHosts@2024-05-01' = {
  name: 'bastion'
  location: location
  sku: { name: 'Standard' }
  properties: {
    enableTunneling: true
    ipConfigurations: [
      {
        name: 'bastion'
        properties: {
          subnet: { id: bastionSubnet.id }
          publicIPAddress: { id: bastionAddress.id }
        }
      }
    ]
  }
}

resource jumpInterface 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'nic-jump'
  location: location
  properties: {
    ipConfigurations: [
      {
        name: 'jump'
        properties: { subnet: { id: jumpSubnet.id } }
      }
    ]
  }
}

resource jumpHost 'Microsoft.Compute/virtualMachines@2024-07-01' = {
  name: 'jump'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    hardwareProfile: { vmSize: 'Standard_D2s_v5' }
    securityProfile: {
      encryptionAtHost: true
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    osProfile: {
      computerName: 'jump'
      adminUsername: 'azureuser'
      linuxConfiguration: {
        disablePasswordAuthentication: true
        ssh: { publicKeys: [{ path: '/home/azureuser/.ssh/authorized_keys', keyData: jumpHostSshKey }] }
      }
    }
    storageProfile: {
      imageReference: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' }
      osDisk: { createOption: 'FromImage' }
    }
    networkProfile: { networkInterfaces: [{ id: jumpInterface.id }] }
  }
}
"""
