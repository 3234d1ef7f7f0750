"""Parameters for the modules of ../shared/data/bicep: made up, after the shape of what each module asks for."""

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-one"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-one"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-one"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stone"
PRINCIPAL = "22222222-2222-2222-2222-222222222222"
ROLES = [
    {"principalId": PRINCIPAL, "roleDefinitionIdOrName": "Owner", "principalType": "Group", "name": "r1"},
    {"principalId": PRINCIPAL, "roleDefinitionIdOrName": "b24988ac-6180-42a0-ab88-20f7382dd24c", "condition": "c"},
    {
        "principalId": PRINCIPAL,
        "roleDefinitionIdOrName": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/x",
        "description": "all {of} it",
    },
]
COMMON: dict[str, Any] = {
    "roleAssignments": ROLES,
    "lock": {"kind": "CanNotDelete"},
    "tags": {"env": "prod", "Team": "one"},
    "enableTelemetry": False,
    "location": "westeurope",
    "diagnosticSettings": [
        {"workspaceResourceId": WORKSPACE, "logCategoriesAndGroups": [{"category": "Audit", "enabled": False}]},
        {"name": "two", "metricCategories": [{"category": "AllMetrics"}], "storageAccountResourceId": STORAGE},
    ],
}

_RECORDS: dict[str, Any] = {
    "a": {"aRecords": [{"ipv4Address": "10.0.0.1"}]},
    "aaaa": {"aaaaRecords": [{"ipv6Address": "::1"}]},
    "cname": {"cnameRecord": {"cname": "one.example"}},
    "mx": {"mxRecords": [{"exchange": "mail.example", "preference": 1}]},
    "ptr": {"ptrRecords": [{"ptrdname": "one.example"}]},
    "soa": {"soaRecord": {"email": "one.example", "expireTime": 2419200}},
    "srv": {"srvRecords": [{"port": 9332, "priority": 0, "target": "one.example", "weight": 0}]},
    "txt": {"txtRecords": [{"value": ["one"]}]},
}
_ROLE = {"principalId": PRINCIPAL, "roleDefinitionIdOrName": "Reader", "principalType": "User"}

_PARENTS: dict[str, dict[str, Any]] = {
    "access-policy": {"keyVaultName": "kv-one"},
    "key": {"keyVaultName": "kv-one"},
    "secret": {"keyVaultName": "kv-one"},
    "federated-identity-credential": {"userAssignedIdentityName": "id-one"},
    "subnet": {"virtualNetworkName": "vnet-one"},
    "virtual-network-peering": {"localVnetName": "vnet-one"},
    "virtual-network-link": {"privateDnsZoneName": "one.example"},
    **{record: {"privateDnsZoneName": "one.example"} for record in _RECORDS},
    **{each: {"workspaceName": "law-one"} for each in ("data-export", "table")},
    **{
        each: {"logAnalyticsWorkspaceName": "law-one"}
        for each in (
            "data-source",
            "linked-service",
            "linked-storage-account",
            "saved-search",
            "storage-insight-config",
        )
    },
}

_OWN: dict[str, list[dict[str, Any]]] = {
    "authorization/role-assignment/mg-scope": [{**_ROLE}, {**_ROLE, "managementGroupId": "mg-one", "condition": "c"}],
    "authorization/role-assignment/rg-scope": [{**_ROLE}, {**_ROLE, "name": "n", "roleDefinitionIdOrName": "Nobody"}],
    "authorization/role-assignment/sub-scope": [{**_ROLE}, {**_ROLE, "description": "d", "name": "n"}],
    "key-vault/vault": [
        {
            "accessPolicies": [
                {"objectId": PRINCIPAL, "permissions": {"keys": ["get"]}, "tenantId": "t"},
                {"objectId": "o", "permissions": {"secrets": ["all"]}},
            ],
            "secrets": [
                {
                    "name": "s1",
                    "value": "v",
                    "attributes": {"enabled": True, "exp": 1702648632},
                    "roleAssignments": ROLES,
                },
                {"name": "s2", "value": "v", "contentType": "text", "tags": {"own": "yes"}},
            ],
            "keys": [
                {
                    "name": "k1",
                    "kty": "RSA",
                    "roleAssignments": ROLES,
                    "rotationPolicy": {"attributes": {"expiryTime": "P2Y"}},
                },
                {"name": "k2", "attributes": {"enabled": False}, "keyOps": ["sign"]},
                {"name": "k3", "kty": "EC-HSM", "curveName": "P-384", "releasePolicy": {"data": "x"}},
            ],
            "networkAcls": {
                "bypass": "AzureServices",
                "defaultAction": "Deny",
                "ipRules": [{"value": "40.74.28.0/23"}],
            },
            "sku": "standard",
            "enablePurgeProtection": False,
        },
        {
            "privateEndpoints": [
                {"subnetResourceId": f"{NETWORK}/subnets/one"},
                {
                    "subnetResourceId": f"{NETWORK}/subnets/two",
                    "location": "northeurope",
                    "name": "pe",
                    "lock": {"kind": "None"},
                },
            ],
            "lock": {"kind": "ReadOnly", "name": "mine"},
        },
    ],
    "key-vault/vault/access-policy": [
        {"accessPolicies": [{"objectId": "o", "permissions": {"keys": ["get"]}}, {"objectId": "p", "permissions": {}}]}
    ],
    "key-vault/vault/key": [
        {"kty": "RSA", "keySize": 2048, "rotationPolicy": {"attributes": {"expiryTime": "P2Y"}}},
        {},
    ],
    "key-vault/vault/secret": [{"value": "v", "contentType": "c", "attributesExp": 1}],
    "maintenance/configuration-assignment": [
        {
            "maintenanceConfigurationResourceId": f"{GROUP}/providers/Microsoft.Maintenance/x/m",
            "resourceId": f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm",
        },
        {"maintenanceConfigurationResourceId": "m", "filter": {"osTypes": ["Linux"], "resourceGroups": ["rg"]}},
    ],
    "maintenance/maintenance-configuration": [
        {"visibility": "Custom", "maintenanceScope": "InGuestPatch", "installPatches": {"rebootSetting": "IfRequired"}},
        {"maintenanceWindow": {"duration": "03:00", "recurEvery": "Day"}, "namespace": "ns", "extensionProperties": {}},
    ],
    "managed-identity/user-assigned-identity": [
        {
            "federatedIdentityCredentials": [
                {"name": "one", "audiences": ["api://x"], "issuer": "https://issuer", "subject": "system:one"},
                {"name": "two", "audiences": ["api://x"], "issuer": "https://issuer", "subject": "system:two"},
            ],
            "isolationScope": "Regional",
        }
    ],
    "managed-identity/user-assigned-identity/federated-identity-credential": [
        {"audiences": ["a"], "issuer": "i", "subject": "s"}
    ],
    "network/bastion-host": [
        {"virtualNetworkResourceId": NETWORK},
        {
            "virtualNetworkResourceId": NETWORK,
            "bastionSubnetPublicIpResourceId": f"{GROUP}/providers/x/y/pip",
            "skuName": "Premium",
        },
        {"virtualNetworkResourceId": NETWORK, "skuName": "Developer", "availabilityZones": []},
        {"virtualNetworkResourceId": NETWORK, "skuName": "Premium", "enablePrivateOnlyBastion": True, "scaleUnits": 3},
        {
            "virtualNetworkResourceId": NETWORK,
            "publicIPAddressObject": {"name": "pip", "skuTier": "Regional", "zones": [1]},
            "skuName": "Standard",
        },
    ],
    "network/private-dns-zone": [
        {
            **{
                kind: [{"name": kind, "ttl": 3600, "roleAssignments": ROLES, **held}] for kind, held in _RECORDS.items()
            },
            "virtualNetworkLinks": [
                {"virtualNetworkResourceId": NETWORK, "registrationEnabled": True},
                {"virtualNetworkResourceId": NETWORK, "name": "two", "location": "global", "tags": {"own": "1"}},
            ],
        },
        {"name": "@.example", "a": [{"name": "@", "aRecords": [], "metadata": {"k": "v"}}], "soa": [{"name": "@"}]},
    ],
    **{
        f"network/private-dns-zone/{kind}": [{"ttl": 60, "metadata": {"k": "v"}, **held}]
        for kind, held in _RECORDS.items()
    },
    "network/private-dns-zone/virtual-network-link": [
        {"virtualNetworkResourceId": NETWORK},
        {"virtualNetworkResourceId": NETWORK, "name": "link", "resolutionPolicy": "NxDomainRedirect"},
    ],
    "network/route-table": [
        {"routes": [{"name": "all", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}}]},
        {"lock": {"kind": "None"}, "disableBgpRoutePropagation": True},
    ],
    "network/virtual-network": [
        {
            "addressPrefixes": ["10.0.0.0/16"],
            "subnets": [
                {"name": "one", "addressPrefix": "10.0.0.0/24", "delegation": "Microsoft.Web/serverFarms"},
                {
                    "name": "two",
                    "addressPrefixes": ["10.0.1.0/24"],
                    "serviceEndpoints": ["Microsoft.Storage"],
                    "roleAssignments": ROLES,
                },
                {"name": "three", "natGatewayResourceId": f"{GROUP}/n", "privateEndpointNetworkPolicies": "Disabled"},
            ],
            "peerings": [
                {"remoteVirtualNetworkResourceId": NETWORK, "remotePeeringEnabled": True, "useRemoteGateways": False},
                {"remoteVirtualNetworkResourceId": NETWORK, "name": "p", "allowGatewayTransit": True},
            ],
            "dnsServers": ["10.0.1.4"],
            "ddosProtectionPlanResourceId": f"{GROUP}/providers/Microsoft.Network/ddosProtectionPlans/d",
            "flowTimeoutInMinutes": 20,
            "vnetEncryption": True,
            "virtualNetworkBgpCommunity": "12076:20000",
            "enableVmProtection": True,
        },
        {
            "addressPrefixes": [f"{GROUP}/providers/Microsoft.Network/networkManagers/n/ipamPools/p"],
            "ipamPoolNumberOfIpAddresses": "512",
        },
    ],
    "network/virtual-network/subnet": [
        {
            "addressPrefix": "10.0.0.0/24",
            "delegation": "Microsoft.Web/serverFarms",
            "serviceEndpoints": ["Microsoft.Storage"],
        },
        {"addressPrefixes": ["10.0.0.0/24"], "networkSecurityGroupResourceId": "nsg", "routeTableResourceId": "rt"},
    ],
    "network/virtual-network/virtual-network-peering": [
        {"remoteVirtualNetworkResourceId": NETWORK},
        {"remoteVirtualNetworkResourceId": NETWORK, "name": "peer", "allowGatewayTransit": True},
    ],
    "operational-insights/workspace": [
        {
            "storageInsightsConfigs": [{"storageAccountResourceId": STORAGE, "tables": ["t"]}],
            "linkedServices": [
                {"name": "Automation", "resourceId": f"{GROUP}/providers/Microsoft.Automation/automationAccounts/a"}
            ],
            "linkedStorageAccounts": [{"name": "Query", "storageAccountIds": [STORAGE]}],
            "savedSearches": [{"name": "VMSS", "displayName": "d", "category": "c", "query": "Event | where true"}],
            "dataExports": [
                {
                    "name": "ex",
                    "enable": True,
                    "destination": {"resourceId": STORAGE},
                    "tableNames": ["InsightsMetrics"],
                }
            ],
            "dataSources": [
                {
                    "name": "events",
                    "kind": "WindowsEvent",
                    "eventLogName": "Application",
                    "eventTypes": [{"eventType": "Error"}],
                },
                {
                    "name": "counter",
                    "kind": "WindowsPerformanceCounter",
                    "objectName": "Processor",
                    "counterName": "%",
                    "intervalSeconds": 60,
                },
                {
                    "name": "syslog",
                    "kind": "LinuxSyslog",
                    "syslogName": "kern",
                    "syslogSeverities": [{"severity": "emerg"}],
                },
            ],
            "tables": [
                {
                    "name": "T_CL",
                    "plan": "Analytics",
                    "retentionInDays": 30,
                    "schema": {"name": "T_CL", "columns": []},
                    "roleAssignments": ROLES,
                }
            ],
            "gallerySolutions": [{"name": "SecurityInsights(x)", "plan": {"product": "OMSGallery/SecurityInsights"}}],
            "onboardWorkspaceToSentinel": True,
            "managedIdentities": {"userAssignedResourceIds": [f"{GROUP}/a", f"{GROUP}/b"]},
            "features": {"disableLocalAuth": False},
            "dailyQuotaGb": "10",
        },
        {
            "managedIdentities": {"systemAssigned": True},
            "skuName": "CapacityReservation",
            "skuCapacityReservationLevel": 200,
        },
        {"diagnosticSettings": [{"useThisWorkspace": True, "name": "self"}], "replication": {"enabled": False}},
    ],
    "operational-insights/workspace/data-export": [
        {"destination": {"resourceId": STORAGE, "metaData": {"eventHubName": "e"}}, "enable": True, "tableNames": ["t"]}
    ],
    "operational-insights/workspace/data-source": [
        {
            "kind": kind,
            "eventLogName": "e",
            "eventTypes": [{"eventType": "Error"}],
            "syslogName": "kern",
            "counterName": "c",
            "linkedResourceId": STORAGE,
        }
        for kind in (
            "AzureActivityLog",
            "WindowsEvent",
            "WindowsPerformanceCounter",
            "IISLogs",
            "LinuxSyslog",
            "LinuxSyslogCollection",
            "LinuxPerformanceObject",
            "LinuxPerformanceCollection",
        )
    ],
    "operational-insights/workspace/linked-service": [{"resourceId": f"{GROUP}/a"}, {"writeAccessResourceId": "w"}],
    "operational-insights/workspace/linked-storage-account": [{"name": "Query", "storageAccountIds": [STORAGE]}],
    "operational-insights/workspace/saved-search": [
        {
            "displayName": "d",
            "category": "c",
            "query": "q",
            "functionAlias": "f",
            "tags": [{"name": "n", "value": "v"}],
            "version": 2,
        }
    ],
    "operational-insights/workspace/storage-insight-config": [
        {"storageAccountResourceId": STORAGE, "tables": ["t"], "containers": ["c"]},
        {"storageAccountResourceId": STORAGE, "name": "own"},
    ],
    "operational-insights/workspace/table": [
        {
            "plan": "Basic",
            "restoredLogs": {"sourceTable": "s"},
            "schema": {"name": "n", "columns": []},
            "roleAssignments": ROLES,
        },
        {"searchResults": {"query": "q"}, "totalRetentionInDays": 40},
    ],
}


def sets_of(module: str, declared: frozenset[str]) -> list[dict[str, Any]]:
    """Sets of parameters for a module: none at all; what it must have; and all that is common, with each of its own."""
    parents = _PARENTS.get(module.rpartition("/")[2], {})
    common = {name: value for name, value in COMMON.items() if name in declared}
    own = _OWN.get(module, [])
    sets = [{}, {"name": "one", **parents}]
    sets += [{"name": "one", **parents, **each} for each in own]
    sets += [{"name": "one", **common, **parents, **each} for each in own]
    return [{name: value for name, value in each.items() if name in declared} for each in sets]
