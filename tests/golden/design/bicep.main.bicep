// AKS cluster aks (prod), as `seawall design` wrote it.
//
// - Environments differ in size only; the security settings are the same in all of them.
// - Kubernetes 1.36: AKS supports it until 2027-06-30 (as documented on 2026-08-21); upgrade before.
// - Run command (`az aks command invoke`) is off: it would be a way in past the network.
// - The API server has no public address: use kubectl from the jump host, through the bastion.
// - VNet integration puts the API server into a subnet of its own; it cannot be undone.
// - The firewall, 10.1.0.4, must be there first (peering) and let through what AKS needs.
// - The key vault is closed to public networks. Azure's control plane makes the key, so applying this needs no way
//   to the vault; to rotate the key, be in the network (the jump host).
// - Features to register first: EncryptionAtHost (Microsoft.Compute).
//
// It passes every check of Seawall but these, for the reason given:
// - AKS-IDN-007: IMDS restriction is a preview that the API and azurerm have not: ask for it with az later
// - AKS-POOL-007: FIPS and Trusted Launch go together on no operating system that stays in support
// - AKS-PRO-008: Image Integrity is a preview that the API and azurerm have not: ask for it with az later

param location string = 'westeurope'

@secure()
@description('Of the administrator of the Windows nodes.')
param windowsAdminPassword string

@description('Public SSH key of the administrator of the jump host.')
param jumpHostSshKey string

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
          nextHopIpAddress: '10.1.0.4'
        }
      }
    ]
  }
}

// Nothing comes in from the internet but what a service of type LoadBalancer asks for.
resource guard 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-aks'
  location: location
  properties: {
    securityRules: [
      {
        name: 'deny-ssh-and-rdp-from-internet'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Deny'
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: ['22', '3389']
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-aks'
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.224.0.0/16'] }
  }
}

resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'nodes'
  properties: {
    addressPrefix: '10.224.0.0/17'
    defaultOutboundAccess: false
    networkSecurityGroup: { id: guard.id }
    routeTable: { id: routes.id }
  }
}

// VNet integration wants a subnet of its own, a /28 or larger, delegated to AKS.
resource api 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'api-server'
  properties: {
    addressPrefix: '10.224.128.64/28'
    delegations: [
      {
        name: 'aks'
        properties: { serviceName: 'Microsoft.ContainerService/managedClusters' }
      }
    ]
  }
  dependsOn: [nodes] // Azure changes one subnet of a network at a time
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-control-plane'
  location: location
}

resource kubeletIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-kubelet'
  location: location
}

resource networkRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(network.id, 'networkRole')
  scope: network
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4d97b98b-1d4f-4787-a291-c67834d212e7')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource kubeletRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(kubeletIdentity.id, 'kubeletRole')
  scope: kubeletIdentity
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f1a07417-d97a-45cb-824c-7a7467783830')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Secrets in etcd are encrypted with this key. Never delete a version of it: what it encrypted would be lost.
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-2d36a09712e9578b'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'premium' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: 'Disabled'
    networkAcls: { bypass: 'None', defaultAction: 'Deny' }
  }
}

// Azure Resource Manager makes the key: whoever deploys this needs no way to the vault.
resource etcdKey 'Microsoft.KeyVault/vaults/keys@2023-07-01' = {
  parent: vault
  name: 'etcd'
  properties: { kty: 'RSA-HSM', keySize: 3072 }
}

// The way to the vault for whoever rotates the key; AKS makes another one, for itself.
resource endpointSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'endpoints'
  properties: {
    addressPrefix: '10.224.128.96/28'
    networkSecurityGroup: { id: guard.id }
  }
  dependsOn: [api]
}

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

resource keyRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'keyRole')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '12338af0-0e69-4776-bea7-57ae8d297424')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource keyLinkRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, 'keyLinkRole')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f25e0fa2-a7c8-4377-a976-54943a77a395')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource metrics 'Microsoft.Monitor/accounts@2023-04-03' = {
  name: 'metrics-aks'
  location: location
}

var metricsId = metrics.id

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-aks'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 365
  }
}

var workspaceId = workspace.id

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' = {
  name: 'aks'
  location: location
  tags: {
    environment: 'prod'
  }
  sku: {
    tier: 'Standard'
    name: 'Base'
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    enableRBAC: true
    aadProfile: {
      managed: true
      adminGroupObjectIDs: []
      enableAzureRBAC: true
      tenantID: tenant().tenantId
    }
    disableLocalAccounts: true
    identityProfile: {
      kubeletidentity: {
        resourceId: kubeletIdentity.id
      }
    }
    oidcIssuerProfile: {
      enabled: true
    }
    securityProfile: {
      workloadIdentity: {
        enabled: true
      }
      defender: {
        securityMonitoring: {
          enabled: true
        }
        securityGating: {
          enabled: true
        }
        logAnalyticsWorkspaceResourceId: workspaceId
      }
      imageCleaner: {
        enabled: true
        intervalHours: 168
      }
      azureKeyVaultKms: {
        enabled: true
        keyId: etcdKey.properties.keyUriWithVersion
        keyVaultNetworkAccess: 'Private'
        keyVaultResourceId: vault.id
      }
    }
    apiServerAccessProfile: {
      enablePrivateCluster: true
      enableVnetIntegration: true
      subnetId: api.id
      enablePrivateClusterPublicFQDN: false
      privateDNSZone: 'system'
      disableRunCommand: true
    }
    publicNetworkAccess: 'Disabled'
    dnsPrefix: 'aks'
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkPolicy: 'calico'
      networkDataplane: 'azure'
      advancedNetworking: {
        enabled: false
        security: {
          enabled: false
        }
      }
      outboundType: 'userDefinedRouting'
      loadBalancerSku: 'standard'
      serviceCidr: '10.0.0.0/16'
      dnsServiceIP: '10.0.0.10'
      podCidr: '10.244.0.0/16'
    }
    bootstrapProfile: {
      artifactSource: 'Direct'
    }
    addonProfiles: {
      azurepolicy: {
        enabled: true
      }
      azureKeyvaultSecretsProvider: {
        enabled: true
        config: {
          enableSecretRotation: 'true'
          rotationPollInterval: '2m'
        }
      }
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspaceId
          useAADAuth: 'true'
        }
      }
    }
    azureMonitorProfile: {
      metrics: {
        enabled: true
      }
    }
    nodeResourceGroupProfile: {
      restrictionLevel: 'ReadOnly'
    }
    kubernetesVersion: '1.36'
    autoUpgradeProfile: {
      upgradeChannel: 'patch'
      nodeOSUpgradeChannel: 'NodeImage'
    }
    supportPlan: 'KubernetesOfficial'
    windowsProfile: {
      adminUsername: 'azureadmin'
      adminPassword: windowsAdminPassword
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        osType: 'Linux'
        osSKU: 'AzureLinux3'
        type: 'VirtualMachineScaleSets'
        orchestratorVersion: '1.36'
        vnetSubnetID: nodes.id
        enableNodePublicIP: false
        enableEncryptionAtHost: true
        enableFIPS: true
        securityProfile: {
          enableSecureBoot: false
          enableVTPM: false
          sshAccess: 'Disabled'
        }
        osDiskType: 'Ephemeral'
        availabilityZones: [
          '1'
          '2'
          '3'
        ]
        nodeTaints: [
          'CriticalAddonsOnly=true:NoSchedule'
        ]
        count: 3
        vmSize: 'Standard_D8ds_v5'
        upgradeSettings: {
          maxSurge: '33%'
        }
      }
      {
        name: 'user'
        mode: 'User'
        osType: 'Linux'
        osSKU: 'AzureLinux3'
        type: 'VirtualMachineScaleSets'
        orchestratorVersion: '1.36'
        vnetSubnetID: nodes.id
        enableNodePublicIP: false
        enableEncryptionAtHost: true
        enableFIPS: true
        securityProfile: {
          enableSecureBoot: false
          enableVTPM: false
          sshAccess: 'Disabled'
        }
        osDiskType: 'Ephemeral'
        availabilityZones: [
          '1'
          '2'
          '3'
        ]
        nodeTaints: []
        count: 3
        enableAutoScaling: true
        vmSize: 'Standard_D8ds_v5'
        minCount: 3
        maxCount: 20
        upgradeSettings: {
          maxSurge: '33%'
        }
      }
      {
        name: 'win'
        mode: 'User'
        osType: 'Windows'
        osSKU: 'Windows2022'
        type: 'VirtualMachineScaleSets'
        orchestratorVersion: '1.36'
        vnetSubnetID: nodes.id
        enableNodePublicIP: false
        enableEncryptionAtHost: true
        enableFIPS: false
        securityProfile: {
          enableSecureBoot: false
          enableVTPM: false
          sshAccess: 'Disabled'
        }
        osDiskType: 'Ephemeral'
        availabilityZones: [
          '1'
          '2'
          '3'
        ]
        nodeTaints: []
        count: 3
        enableAutoScaling: true
        vmSize: 'Standard_D8ds_v5'
        minCount: 3
        maxCount: 20
        upgradeSettings: {
          maxSurge: '33%'
        }
      }
    ]
  }
  dependsOn: [
    networkRole
    kubeletRole
    keyRole
    keyLinkRole
  ]
}

// Managed Prometheus: the agents send what this rule names, to the Azure Monitor workspace.
resource metricsEndpoint 'Microsoft.Insights/dataCollectionEndpoints@2022-06-01' = {
  name: 'metrics-aks'
  location: location
  kind: 'Linux'
  properties: {}
}

resource metricsRule 'Microsoft.Insights/dataCollectionRules@2022-06-01' = {
  name: 'metrics-aks'
  location: location
  kind: 'Linux'
  properties: {
    dataCollectionEndpointId: metricsEndpoint.id
    dataSources: {
      prometheusForwarder: [{ name: 'prometheus', streams: ['Microsoft-PrometheusMetrics'], labelIncludeFilter: {} }]
    }
    destinations: { monitoringAccounts: [{ name: 'metrics', accountResourceId: metricsId }] }
    dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['metrics'] }]
  }
}

resource metricsLink 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  name: 'metrics'
  scope: cluster
  properties: { dataCollectionRuleId: metricsRule.id }
}

// Container insights: the same, to the Log Analytics workspace, which must be in this region.
resource logsRule 'Microsoft.Insights/dataCollectionRules@2022-06-01' = {
  name: 'logs-aks'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerInsights-Group-Default']
          extensionSettings: {
            dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true }
          }
        }
      ]
    }
    destinations: { logAnalytics: [{ name: 'logs', workspaceResourceId: workspaceId }] }
    dataFlows: [{ streams: ['Microsoft-ContainerInsights-Group-Default'], destinations: ['logs'] }]
  }
}

resource logsLink 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  name: 'ContainerInsightsExtension'
  scope: cluster
  properties: { dataCollectionRuleId: logsRule.id }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'aks-audit'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'guard', enabled: true }
      { category: 'kube-audit', enabled: true }
    ]
  }
}

resource window0 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2025-05-01' = {
  parent: cluster
  name: 'aksManagedAutoUpgradeSchedule'
  properties: {
    maintenanceWindow: {
      schedule: {
        weekly: { intervalWeeks: 1, dayOfWeek: 'Sunday' }
      }
      durationHours: 4
      startTime: '02:00'
      utcOffset: '+00:00'
    }
  }
}

resource window1 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2025-05-01' = {
  parent: cluster
  name: 'aksManagedNodeOSUpgradeSchedule'
  properties: {
    maintenanceWindow: {
      schedule: {
        weekly: { intervalWeeks: 1, dayOfWeek: 'Saturday' }
      }
      durationHours: 4
      startTime: '02:00'
      utcOffset: '+00:00'
    }
  }
}

// Refuses unsafe workloads. Set 'Warn' first where workloads move in that nobody has looked at.
resource safeguards 'Microsoft.ContainerService/deploymentSafeguards@2025-07-01' = {
  name: 'default'
  scope: cluster
  properties: {
    level: 'Enforce'
    podSecurityStandardsLevel: 'Restricted'
  }
}

resource admins0 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(cluster.id, 'admins0')
  scope: cluster
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b')
    principalId: '00000000-0000-0000-0000-000000000004'
    principalType: 'Group'
  }
}

module pull 'acr-pull.bicep' = {
  name: 'acr-pull'
  scope: resourceGroup('00000000-0000-0000-0000-000000000000', 'shared')
  params: {
    registryName: 'contoso'
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
  }
}

// The way in: a jump host without a public address, reached through the bastion with the native client.
resource bastionSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'AzureBastionSubnet'
  properties: { addressPrefix: '10.224.128.0/26' }
  dependsOn: [endpointSubnet]
}

resource jumpSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'jump'
  properties: {
    addressPrefix: '10.224.128.80/28'
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
