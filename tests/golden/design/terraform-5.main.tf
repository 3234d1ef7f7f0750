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
# - What azurerm cannot set is set by azapi right after: secure boot and SSH reimage the new nodes once. Give
#   ARM_SUBSCRIPTION_ID to both providers.
#
# It passes every check of Seawall but these, for the reason given:
# - AKS-IDN-007: IMDS restriction is a preview that the API and azurerm have not: ask for it with az later
# - AKS-POOL-007: FIPS and Trusted Launch go together on no operating system that stays in support
# - AKS-PRO-008: Image Integrity is a preview that the API and azurerm have not: ask for it with az later

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.2"
    }

    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.4"
    }
  }
}

provider "azurerm" {
  features {}
}

provider "azapi" {}

variable "windows_admin_password" {
  description = "Of the administrator of the Windows nodes."
  type        = string
  sensitive   = true
}

variable "jump_host_ssh_key" {
  description = "Public SSH key of the administrator of the jump host."
  type        = string
}

data "azurerm_client_config" "this" {}

resource "azurerm_resource_group" "this" {
  name     = "rg-aks"
  location = "westeurope"
}

resource "azurerm_virtual_network" "this" {
  name                = "vnet-aks"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  address_space       = ["10.224.0.0/16"]
}

resource "azurerm_subnet" "nodes" {
  name                            = "nodes"
  resource_group_name             = azurerm_resource_group.this.name
  virtual_network_name            = azurerm_virtual_network.this.name
  address_prefixes                = ["10.224.0.0/17"]
  default_outbound_access_enabled = false
}

resource "azurerm_subnet" "api" {
  name                 = "api-server"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = ["10.224.128.64/28"]

  delegation {
    name = "aks"

    service_delegation {
      name = "Microsoft.ContainerService/managedClusters"
    }
  }
}

resource "azurerm_network_security_group" "this" {
  name                = "nsg-aks"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name

  security_rule {
    name                       = "deny-ssh-and-rdp-from-internet"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_address_prefix      = "Internet"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_ranges    = ["22", "3389"]
  }
}

resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.this.id
}

resource "azurerm_route_table" "this" {
  name                = "routes"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name

  route {
    name                   = "out"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = "10.1.0.4"
  }
}

resource "azurerm_subnet_route_table_association" "nodes" {
  subnet_id      = azurerm_subnet.nodes.id
  route_table_id = azurerm_route_table.this.id
}

resource "azurerm_user_assigned_identity" "control_plane" {
  name                = "id-control-plane"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_user_assigned_identity" "kubelet" {
  name                = "id-kubelet"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_role_assignment" "network" {
  scope                = azurerm_virtual_network.this.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
}

resource "azurerm_role_assignment" "kubelet" {
  scope                = azurerm_user_assigned_identity.kubelet.id
  role_definition_name = "Managed Identity Operator"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
}

resource "azurerm_key_vault" "this" {
  name                          = "kv-2d36a09712e9578b"
  location                      = azurerm_resource_group.this.location
  resource_group_name           = azurerm_resource_group.this.name
  sku_name                      = "premium"
  tenant_id                     = data.azurerm_client_config.this.tenant_id
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = false

  network_acls {
    bypass         = "None"
    default_action = "Deny"
  }
}

resource "azurerm_role_assignment" "key" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Crypto User"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
}

resource "azurerm_role_assignment" "key_link" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Contributor"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
}

resource "azapi_resource_action" "etcd" {
  type                   = "Microsoft.KeyVault/vaults/keys@2023-07-01"
  resource_id            = "${azurerm_key_vault.this.id}/keys/etcd"
  method                 = "PUT"
  response_export_values = ["properties.keyUriWithVersion"]

  body = {
    properties = {
      kty     = "RSA-HSM"
      keySize = 3072
    }
  }
}

resource "azurerm_subnet" "endpoints" {
  name                 = "endpoints"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = ["10.224.128.96/28"]
}

resource "azurerm_subnet_network_security_group_association" "endpoints" {
  subnet_id                 = azurerm_subnet.endpoints.id
  network_security_group_id = azurerm_network_security_group.this.id
}

resource "azurerm_private_dns_zone" "vault" {
  name                = "privatelink.vaultcore.azure.net"
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_private_dns_zone_virtual_network_link" "vault" {
  name                  = "network"
  resource_group_name   = azurerm_resource_group.this.name
  private_dns_zone_name = azurerm_private_dns_zone.vault.name
  virtual_network_id    = azurerm_virtual_network.this.id
}

resource "azurerm_private_endpoint" "vault" {
  name                = "vault"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  subnet_id           = azurerm_subnet.endpoints.id

  private_service_connection {
    name                           = "vault"
    private_connection_resource_id = azurerm_key_vault.this.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.vault.id]
  }
}

resource "azurerm_monitor_workspace" "this" {
  name                = "metrics-aks"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_log_analytics_workspace" "this" {
  name                = "log-aks"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = "PerGB2018"
  retention_in_days   = 365
}

resource "azurerm_kubernetes_cluster" "this" {
  name                              = "aks"
  location                          = azurerm_resource_group.this.location
  resource_group_name               = azurerm_resource_group.this.name
  role_based_access_control_enabled = true
  local_account_disabled            = true
  oidc_issuer_enabled               = true
  workload_identity_enabled         = true
  private_cluster_enabled           = true
  private_dns_zone_id               = "System"
  run_command_enabled               = false
  dns_prefix                        = "aks"
  azure_policy_enabled              = true
  image_cleaner_enabled             = true
  kubernetes_version                = "1.36"
  automatic_upgrade_channel         = "patch"
  node_os_upgrade_channel           = "NodeImage"
  support_plan                      = "KubernetesOfficial"
  sku_tier                          = "Standard"
  image_cleaner_interval_hours      = 168
  depends_on                        = [azurerm_role_assignment.network, azurerm_role_assignment.kubelet, azurerm_role_assignment.key, azurerm_role_assignment.key_link, azurerm_subnet_route_table_association.nodes]

  tags = {
    environment = "prod"
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled = true
    tenant_id          = data.azurerm_client_config.this.tenant_id
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.control_plane.id]
  }

  kubelet_identity {
    user_assigned_identity_id = azurerm_user_assigned_identity.kubelet.id
    client_id                 = azurerm_user_assigned_identity.kubelet.client_id
    object_id                 = azurerm_user_assigned_identity.kubelet.principal_id
  }

  api_server_access_profile {
    virtual_network_integration_enabled = true
    subnet_id                           = azurerm_subnet.api.id
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "calico"
    network_data_plane  = "azure"
    outbound_type       = "userDefinedRouting"
    load_balancer_sku   = "standard"
    service_cidr        = "10.0.0.0/16"
    dns_service_ip      = "10.0.0.10"
    pod_cidr            = "10.244.0.0/16"
  }

  bootstrap_profile {
    artifact_source = "Direct"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }

  oms_agent {
    log_analytics_workspace_id      = azurerm_log_analytics_workspace.this.id
    msi_auth_for_monitoring_enabled = true
  }

  monitor_metrics {}

  microsoft_defender {
    log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id
  }

  key_management_service {
    key_vault_key_id         = azapi_resource_action.etcd.output.properties.keyUriWithVersion
    key_vault_network_access = "Private"
  }

  windows_profile {
    admin_username = "azureadmin"
    admin_password = var.windows_admin_password
  }

  default_node_pool {
    temporary_name_for_rotation  = "systemtmp"
    name                         = "system"
    vm_size                      = "Standard_D8ds_v5"
    os_sku                       = "AzureLinux3"
    type                         = "VirtualMachineScaleSets"
    orchestrator_version         = "1.36"
    vnet_subnet_id               = azurerm_subnet.nodes.id
    host_encryption_enabled      = true
    fips_enabled                 = true
    os_disk_type                 = "Ephemeral"
    zones                        = ["1", "2", "3"]
    node_count                   = 3
    only_critical_addons_enabled = true

    upgrade_settings {
      max_surge = "33%"
    }
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    start_time  = "02:00"
    utc_offset  = "+00:00"
    day_of_week = "Sunday"
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    start_time  = "02:00"
    utc_offset  = "+00:00"
    day_of_week = "Saturday"
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "user" {
  name                    = "user"
  vm_size                 = "Standard_D8ds_v5"
  kubernetes_cluster_id   = azurerm_kubernetes_cluster.this.id
  mode                    = "User"
  os_type                 = "Linux"
  os_sku                  = "AzureLinux3"
  orchestrator_version    = "1.36"
  vnet_subnet_id          = azurerm_subnet.nodes.id
  host_encryption_enabled = true
  fips_enabled            = true
  os_disk_type            = "Ephemeral"
  zones                   = ["1", "2", "3"]
  auto_scaling_enabled    = true
  min_count               = 3
  max_count               = 20

  upgrade_settings {
    max_surge = "33%"
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "win" {
  name                    = "win"
  vm_size                 = "Standard_D8ds_v5"
  kubernetes_cluster_id   = azurerm_kubernetes_cluster.this.id
  mode                    = "User"
  os_type                 = "Windows"
  os_sku                  = "Windows2022"
  orchestrator_version    = "1.36"
  vnet_subnet_id          = azurerm_subnet.nodes.id
  host_encryption_enabled = true
  os_disk_type            = "Ephemeral"
  zones                   = ["1", "2", "3"]
  auto_scaling_enabled    = true
  min_count               = 3
  max_count               = 20

  upgrade_settings {
    max_surge = "33%"
  }
}

resource "azapi_update_resource" "cluster" {
  type        = "Microsoft.ContainerService/managedClusters@2026-05-01"
  resource_id = azurerm_kubernetes_cluster.this.id

  body = {
    properties = {
      publicNetworkAccess = "Disabled"

      securityProfile = {
        defender = {
          securityGating = {
            enabled = true
          }
        }
      }

      nodeResourceGroupProfile = {
        restrictionLevel = "ReadOnly"
      }
    }
  }
}

resource "azapi_update_resource" "system" {
  type        = "Microsoft.ContainerService/managedClusters/agentPools@2026-05-01"
  resource_id = "${azurerm_kubernetes_cluster.this.id}/agentPools/system"
  depends_on  = [azapi_update_resource.cluster]

  body = {
    properties = {
      securityProfile = {
        enableSecureBoot = false
        enableVTPM       = false
        sshAccess        = "Disabled"
      }
    }
  }
}

resource "azapi_update_resource" "user" {
  type        = "Microsoft.ContainerService/managedClusters/agentPools@2026-05-01"
  resource_id = "${azurerm_kubernetes_cluster.this.id}/agentPools/user"
  depends_on  = [azapi_update_resource.system, azurerm_kubernetes_cluster_node_pool.user]

  body = {
    properties = {
      securityProfile = {
        enableSecureBoot = false
        enableVTPM       = false
        sshAccess        = "Disabled"
      }
    }
  }
}

resource "azapi_update_resource" "win" {
  type        = "Microsoft.ContainerService/managedClusters/agentPools@2026-05-01"
  resource_id = "${azurerm_kubernetes_cluster.this.id}/agentPools/win"
  depends_on  = [azapi_update_resource.user, azurerm_kubernetes_cluster_node_pool.win]

  body = {
    properties = {
      securityProfile = {
        enableSecureBoot = false
        enableVTPM       = false
        sshAccess        = "Disabled"
      }
    }
  }
}

resource "azurerm_monitor_data_collection_endpoint" "metrics" {
  name                = "metrics-aks"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  kind                = "Linux"
}

resource "azurerm_monitor_data_collection_rule" "metrics" {
  name                        = "metrics-aks"
  location                    = azurerm_resource_group.this.location
  resource_group_name         = azurerm_resource_group.this.name
  kind                        = "Linux"
  data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.metrics.id

  data_sources {
    prometheus_forwarder {
      name    = "prometheus"
      streams = ["Microsoft-PrometheusMetrics"]
    }
  }

  destinations {
    monitor_account {
      name               = "metrics"
      monitor_account_id = azurerm_monitor_workspace.this.id
    }
  }

  data_flow {
    streams      = ["Microsoft-PrometheusMetrics"]
    destinations = ["metrics"]
  }
}

resource "azurerm_monitor_data_collection_rule_association" "metrics" {
  name                    = "metrics"
  target_resource_id      = azurerm_kubernetes_cluster.this.id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.metrics.id
}

resource "azurerm_monitor_data_collection_rule" "logs" {
  name                = "logs-aks"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  kind                = "Linux"

  data_sources {
    extension {
      name           = "ContainerInsightsExtension"
      extension_name = "ContainerInsights"
      streams        = ["Microsoft-ContainerInsights-Group-Default"]
      extension_json = jsonencode({ dataCollectionSettings = { interval = "1m", namespaceFilteringMode = "Off", enableContainerLogV2 = true } })
    }
  }

  destinations {
    log_analytics {
      name                  = "logs"
      workspace_resource_id = azurerm_log_analytics_workspace.this.id
    }
  }

  data_flow {
    streams      = ["Microsoft-ContainerInsights-Group-Default"]
    destinations = ["logs"]
  }
}

resource "azurerm_monitor_data_collection_rule_association" "logs" {
  name                    = "ContainerInsightsExtension"
  target_resource_id      = azurerm_kubernetes_cluster.this.id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.logs.id
}

resource "azurerm_monitor_diagnostic_setting" "audit" {
  name                       = "aks-audit"
  target_resource_id         = azurerm_kubernetes_cluster.this.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id

  enabled_log {
    category = "guard"
  }

  enabled_log {
    category = "kube-audit"
  }
}

resource "azurerm_kubernetes_cluster_deployment_safeguard" "this" {
  kubernetes_cluster_id        = azurerm_kubernetes_cluster.this.id
  level                        = "Enforce"
  pod_security_standards_level = "Restricted"
}

resource "azurerm_role_assignment" "admins0" {
  scope                = azurerm_kubernetes_cluster.this.id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = "00000000-0000-0000-0000-000000000004"
}

resource "azurerm_role_assignment" "pull" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/contoso"
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}

resource "azurerm_subnet" "bastion" {
  name                 = "AzureBastionSubnet"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = ["10.224.128.0/26"]
}

resource "azurerm_subnet" "jump" {
  name                 = "jump"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = ["10.224.128.80/28"]
}

resource "azurerm_subnet_network_security_group_association" "jump" {
  subnet_id                 = azurerm_subnet.jump.id
  network_security_group_id = azurerm_network_security_group.this.id
}

resource "azurerm_public_ip" "bastion" {
  name                = "pip-bastion"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  allocation_method   = "Static"
  sku                 = "Standard"
}

resource "azurerm_bastion_host" "this" {
  name                = "bastion"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = "Standard"
  tunneling_enabled   = true

  ip_configuration {
    name                 = "bastion"
    subnet_id            = azurerm_subnet.bastion.id
    public_ip_address_id = azurerm_public_ip.bastion.id
  }
}

resource "azurerm_network_interface" "jump" {
  name                = "nic-jump"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name

  ip_configuration {
    name                          = "jump"
    subnet_id                     = azurerm_subnet.jump.id
    private_ip_address_allocation = "Dynamic"
  }
}

resource "azurerm_linux_virtual_machine" "jump" {
  name                       = "jump"
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  size                       = "Standard_D2s_v5"
  admin_username             = "azureuser"
  network_interface_ids      = [azurerm_network_interface.jump.id]
  encryption_at_host_enabled = true
  secure_boot_enabled        = true
  vtpm_enabled               = true

  admin_ssh_key {
    username   = "azureuser"
    public_key = var.jump_host_ssh_key
  }

  identity {
    type = "SystemAssigned"
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
  }

  source_image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server"
    version   = "latest"
  }
}
