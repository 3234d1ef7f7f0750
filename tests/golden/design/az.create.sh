#!/usr/bin/env bash
# AKS cluster aks (prod), as `seawall design` wrote it.
#
# - Environments differ in size only; the security settings are the same in all of them.
# - Kubernetes 1.36: AKS supports it until 2027-06-30 (as documented on 2026-08-21); upgrade before.
# - Run command (`az aks command invoke`) is off: it would be a way in past the network.
# - The API server has no public address: use kubectl from the jump host, through the bastion.
# - VNet integration puts the API server into a subnet of its own; it cannot be undone.
# - The firewall, 10.1.0.4, must be there first (peering) and let through what AKS needs.
# - The key vault is closed to public networks. Azure's control plane makes the key, so applying this needs no way
#   to the vault; to rotate the key, be in the network (the jump host).
# - Features to register first: EncryptionAtHost (Microsoft.Compute).
# - It needs the aks-preview extension: --ssh-access, safeguards. Run it as someone who may assign roles; the key
#   vault need not be reached.
#
# It passes every check of Seawall but these, for the reason given:
# - AKS-IDN-007: IMDS restriction is a preview that the API and azurerm have not: ask for it with az later
# - AKS-POOL-007: FIPS and Trusted Launch go together on no operating system that stays in support
# - AKS-PRO-008: Image Integrity is a preview that the API and azurerm have not: ask for it with az later
set -euo pipefail

GROUP=rg-aks
: "${WINDOWS_ADMIN_PASSWORD:?set it: of the administrator of the Windows nodes}"
az extension add --name aks-preview --upgrade
az group create -n "$GROUP" -l westeurope -o none

az network route-table create -g "$GROUP" -n routes -o none
az network route-table route create -g "$GROUP" --route-table-name routes -n out --address-prefix 0.0.0.0/0 --next-hop-type VirtualAppliance --next-hop-ip-address 10.1.0.4 -o none
az network nsg create -g "$GROUP" -n nsg -o none
az network nsg rule create -g "$GROUP" --nsg-name nsg -n deny-ssh-and-rdp-from-internet --priority 100 --direction Inbound --access Deny --protocol Tcp --source-address-prefixes Internet --destination-port-ranges 22 3389 -o none
az network vnet create -g "$GROUP" -n vnet --address-prefixes 10.224.0.0/16 -o none
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n nodes --address-prefixes 10.224.0.0/17 --network-security-group nsg --default-outbound-access false --route-table routes -o none
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n api-server --address-prefixes 10.224.128.64/28 --delegations Microsoft.ContainerService/managedClusters -o none
NETWORK_ID=$(az network vnet show -g "$GROUP" -n vnet --query id -o tsv)
NODES_ID="$NETWORK_ID/subnets/nodes"
API_ID="$NETWORK_ID/subnets/api-server"

IDENTITY_ID=$(az identity create -g "$GROUP" -n id-control-plane --query id -o tsv)
IDENTITY=$(az identity show --ids "$IDENTITY_ID" --query principalId -o tsv)
KUBELET_ID=$(az identity create -g "$GROUP" -n id-kubelet --query id -o tsv)
KUBELET=$(az identity show --ids "$KUBELET_ID" --query principalId -o tsv)
az role assignment create --role "Network Contributor" --scope "$NETWORK_ID" --assignee-object-id "$IDENTITY" --assignee-principal-type ServicePrincipal -o none
az role assignment create --role "Managed Identity Operator" --scope "$KUBELET_ID" --assignee-object-id "$IDENTITY" --assignee-principal-type ServicePrincipal -o none

# Secrets in etcd are encrypted with this key. Never delete a version of it: what it encrypted would be lost.
VAULT_ID=$(az keyvault create -g "$GROUP" -n kv-2d36a09712e9578b --sku premium --enable-rbac-authorization true --enable-purge-protection true --public-network-access Disabled --bypass None --default-action Deny --query id -o tsv)
az role assignment create --role "Key Vault Crypto User" --scope "$VAULT_ID" --assignee-object-id "$IDENTITY" --assignee-principal-type ServicePrincipal -o none
az role assignment create --role "Key Vault Contributor" --scope "$VAULT_ID" --assignee-object-id "$IDENTITY" --assignee-principal-type ServicePrincipal -o none
# Azure Resource Manager makes the key: this needs no way to the vault, and no firewall of a vault stops it.
KEY_ID=$(az rest --method put --url "$VAULT_ID/keys/etcd?api-version=2023-07-01" --body '{"properties": {"kty": "RSA-HSM", "keySize": 3072}}' --query properties.keyUriWithVersion -o tsv)
# The way to the vault for whoever rotates the key; AKS makes another one, for itself.
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n endpoints --address-prefixes 10.224.128.96/28 --network-security-group nsg -o none
az network private-endpoint create -g "$GROUP" -n vault --vnet-name vnet --subnet endpoints --private-connection-resource-id "$VAULT_ID" --group-id vault --connection-name vault -o none
az network private-dns zone create -g "$GROUP" -n privatelink.vaultcore.azure.net -o none
az network private-dns link vnet create -g "$GROUP" --zone-name privatelink.vaultcore.azure.net -n network --virtual-network vnet --registration-enabled false -o none
az network private-endpoint dns-zone-group create -g "$GROUP" --endpoint-name vault -n default --private-dns-zone privatelink.vaultcore.azure.net --zone-name vault -o none

WORKSPACE_ID=$(az monitor log-analytics workspace create -g "$GROUP" -n log-aks --retention-time 365 --query id -o tsv)
METRICS_ID=$(az monitor account create -g "$GROUP" -n metrics-aks -l westeurope --query id -o tsv)
DEFENDER=$(mktemp)
cat > "$DEFENDER" << EOF
{
  "logAnalyticsWorkspaceResourceId": "$WORKSPACE_ID",
  "securityMonitoring": {"enabled": true},
  "securityGating": {"enabled": true}
}
EOF

az aks create \
  -g "$GROUP" -n aks -l westeurope \
  --enable-aad \
  --enable-azure-rbac \
  --disable-local-accounts \
  --enable-managed-identity --assign-identity "$IDENTITY_ID" \
  --assign-kubelet-identity "$KUBELET_ID" \
  --enable-oidc-issuer \
  --enable-workload-identity \
  --enable-private-cluster \
  --enable-apiserver-vnet-integration \
  --apiserver-subnet-id "$API_ID" \
  --disable-public-fqdn \
  --private-dns-zone system \
  --disable-run-command \
  --dns-name-prefix aks \
  --network-plugin azure \
  --network-plugin-mode overlay \
  --network-policy calico \
  --network-dataplane azure \
  --outbound-type userDefinedRouting \
  --load-balancer-sku standard \
  --service-cidr 10.0.0.0/16 \
  --dns-service-ip 10.0.0.10 \
  --pod-cidr 10.244.0.0/16 \
  --bootstrap-artifact-source Direct \
  --enable-secret-rotation \
  --enable-azure-monitor-metrics --azure-monitor-workspace-resource-id "$METRICS_ID" \
  --enable-defender --defender-config "$DEFENDER" \
  --enable-image-cleaner --image-cleaner-interval-hours 168 \
  --enable-azure-keyvault-kms --azure-keyvault-kms-key-id "$KEY_ID" \
  --nrg-lockdown-restriction-level ReadOnly \
  --kubernetes-version 1.36 \
  --auto-upgrade-channel patch \
  --node-os-upgrade-channel NodeImage \
  --k8s-support-plan KubernetesOfficial \
  --tier Standard \
  --windows-admin-username azureadmin --windows-admin-password "$WINDOWS_ADMIN_PASSWORD" \
  --enable-addons azure-policy,azure-keyvault-secrets-provider,monitoring \
  --workspace-resource-id "$WORKSPACE_ID" \
  --azure-keyvault-kms-key-vault-network-access Private --azure-keyvault-kms-key-vault-resource-id "$VAULT_ID" \
  --no-ssh-key --nodepool-name system --node-vm-size Standard_D8ds_v5 \
  --os-sku AzureLinux3 \
  --vm-set-type VirtualMachineScaleSets \
  --vnet-subnet-id "$NODES_ID" \
  --enable-encryption-at-host \
  --enable-fips-image \
  --ssh-access disabled \
  --node-osdisk-type Ephemeral \
  --zones 1 2 3 \
  --nodepool-taints CriticalAddonsOnly=true:NoSchedule \
  --node-count 3

az aks nodepool add \
  -g "$GROUP" --cluster-name aks \
  -n user --node-vm-size Standard_D8ds_v5 --max-surge 33% \
  --mode User \
  --os-type Linux \
  --os-sku AzureLinux3 \
  --vm-set-type VirtualMachineScaleSets \
  --kubernetes-version 1.36 \
  --vnet-subnet-id "$NODES_ID" \
  --enable-encryption-at-host \
  --enable-fips-image \
  --ssh-access disabled \
  --node-osdisk-type Ephemeral \
  --zones 1 2 3 \
  --node-count 3 \
  --enable-cluster-autoscaler --min-count 3 --max-count 20

az aks nodepool add \
  -g "$GROUP" --cluster-name aks \
  -n win --node-vm-size Standard_D8ds_v5 --max-surge 33% \
  --mode User \
  --os-type Windows \
  --os-sku Windows2022 \
  --vm-set-type VirtualMachineScaleSets \
  --kubernetes-version 1.36 \
  --vnet-subnet-id "$NODES_ID" \
  --enable-encryption-at-host \
  --ssh-access disabled \
  --node-osdisk-type Ephemeral \
  --zones 1 2 3 \
  --node-count 3 \
  --enable-cluster-autoscaler --min-count 3 --max-count 20

CLUSTER_ID=$(az aks show -g "$GROUP" -n aks --query id -o tsv)

# az aks has no flag for this one.
az resource update --ids "$CLUSTER_ID" --set properties.publicNetworkAccess=Disabled -o none

az monitor diagnostic-settings create -n aks-audit --resource "$CLUSTER_ID" --workspace "$WORKSPACE_ID" --logs '[{"category": "guard", "enabled": true}, {"category": "kube-audit", "enabled": true}]' -o none

az aks maintenanceconfiguration add -g "$GROUP" --cluster-name aks -n aksManagedAutoUpgradeSchedule --schedule-type Weekly --day-of-week Sunday --interval-weeks 1 --start-time 02:00 --duration 4 --utc-offset +00:00 -o none

az aks maintenanceconfiguration add -g "$GROUP" --cluster-name aks -n aksManagedNodeOSUpgradeSchedule --schedule-type Weekly --day-of-week Saturday --interval-weeks 1 --start-time 02:00 --duration 4 --utc-offset +00:00 -o none

# Refuses unsafe workloads. Use Warn first where workloads move in that nobody has looked at.
az aks safeguards create -g "$GROUP" -n aks --level Enforce --pss-level Restricted -o none

az role assignment create --role "Azure Kubernetes Service RBAC Cluster Admin" --scope "$CLUSTER_ID" --assignee-object-id 00000000-0000-0000-0000-000000000004 --assignee-principal-type Group -o none

az role assignment create --role "AcrPull" --scope /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/contoso --assignee-object-id "$KUBELET" --assignee-principal-type ServicePrincipal -o none

# The way in: a jump host without a public address, reached through the bastion with the native client.
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n AzureBastionSubnet --address-prefixes 10.224.128.0/26 -o none
az network vnet subnet create -g "$GROUP" --vnet-name vnet -n jump --address-prefixes 10.224.128.80/28 --network-security-group nsg -o none
az network public-ip create -g "$GROUP" -n pip-bastion --sku Standard --allocation-method Static -o none
az network bastion create -g "$GROUP" -n bastion --vnet-name vnet --public-ip-address pip-bastion --sku Standard --enable-tunneling true -o none
az vm create -g "$GROUP" -n jump --image Ubuntu2404 --size Standard_D2s_v5 --vnet-name vnet --subnet jump --public-ip-address "" --nsg "" --security-type TrustedLaunch --enable-secure-boot true --enable-vtpm true --encryption-at-host true --assign-identity --generate-ssh-keys -o none
