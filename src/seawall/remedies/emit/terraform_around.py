"""The Terraform resources around a cluster: network, identities, key, logs, roles, the way in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from seawall.model import Cluster, is_known
from seawall.remedies.design import Design
from seawall.remedies.emit.hcl import Raw, block

Resource: TypeAlias = tuple[str, str, dict[str, Any]]

_PLACE: Final = {
    "location": Raw("azurerm_resource_group.this.location"),
    "resource_group_name": Raw("azurerm_resource_group.this.name"),
}
_CLUSTER: Final = Raw("azurerm_kubernetes_cluster.this.id")
_CONTROL: Final = Raw("azurerm_user_assigned_identity.control_plane.principal_id")


def variables(design: Design) -> Iterator[str]:
    """What is asked for when it is applied, and who applies it."""
    if design.answers.windows:
        text = {"description": "Of the administrator of the Windows nodes.", "type": Raw("string"), "sensitive": True}
        yield block('variable "windows_admin_password"', text)
    if design.answers.bastion:
        text = {"description": "Public SSH key of the administrator of the jump host.", "type": Raw("string")}
        yield block('variable "jump_host_ssh_key"', text)
    yield block('data "azurerm_client_config" "this"', {})


def beside(design: Design) -> dict[str, Any]:
    """What the cluster's resource wants beside the settings."""
    workspace = _workspace(design)
    wanted: dict[str, Any] = {
        "identity": {"identity_ids": Raw("[azurerm_user_assigned_identity.control_plane.id]")},
        "kubelet_identity": {
            "client_id": Raw("azurerm_user_assigned_identity.kubelet.client_id"),
            "object_id": Raw("azurerm_user_assigned_identity.kubelet.principal_id"),
        },
        "image_cleaner_interval_hours": 168,
        "azure_active_directory_role_based_access_control": {
            "tenant_id": Raw("data.azurerm_client_config.this.tenant_id")
        },
        "key_management_service": {
            "key_vault_key_id": Raw("azurerm_key_vault_key.etcd.id"),
            "key_vault_network_access": "Public",
        },
        "microsoft_defender": {"log_analytics_workspace_id": workspace},
        "oms_agent": {"log_analytics_workspace_id": workspace, "msi_auth_for_monitoring_enabled": True},
        **windows(design.cluster),
        "depends_on": Raw(
            "[azurerm_role_assignment.network, azurerm_role_assignment.kubelet, azurerm_role_assignment.key"
            f"{_WAY_OUT.get(design.answers.egress, '')}]"
        ),
    }
    if design.answers.windows:
        wanted["windows_profile"] = {"admin_password": Raw("var.windows_admin_password")}
    return wanted


def windows(cluster: Cluster) -> dict[str, Any]:
    """The blocks of the maintenance windows that the cluster has."""
    hours = {"frequency": "Weekly", "interval": 1, "duration": 4, "start_time": "02:00", "utc_offset": "+00:00"}
    names = cluster.upkeep.maintenance_windows
    return {block: {**hours, "day_of_week": day} for name, block, day in _WINDOWS if is_known(names) and name in names}


_WINDOWS = (
    ("aksManagedAutoUpgradeSchedule", "maintenance_window_auto_upgrade", "Sunday"),
    ("aksManagedNodeOSUpgradeSchedule", "maintenance_window_node_os", "Saturday"),
)

_WAY_OUT = {
    "firewall": ", azurerm_subnet_route_table_association.nodes",
    "nat": ", azurerm_subnet_nat_gateway_association.nodes",
}


def before(design: Design) -> Iterator[Resource]:
    """What the cluster needs to be there first."""
    answers = design.answers
    yield "azurerm_resource_group", "this", {"name": f"rg-{answers.name}", "location": answers.region}
    yield from _network(design)
    yield "azurerm_user_assigned_identity", "control_plane", {"name": "id-control-plane", **_PLACE}
    yield "azurerm_user_assigned_identity", "kubelet", {"name": "id-kubelet", **_PLACE}
    yield _role("network", Raw("azurerm_virtual_network.this.id"), "Network Contributor", _CONTROL)
    kubelet = Raw("azurerm_user_assigned_identity.kubelet.id")
    yield _role("kubelet", kubelet, "Managed Identity Operator", _CONTROL)
    yield from _key(design)
    if not answers.workspace_id:
        days = 365 if answers.regulated else 90
        sized = {"sku": "PerGB2018", "retention_in_days": days}
        yield "azurerm_log_analytics_workspace", "this", {"name": f"log-{answers.name}", **_PLACE, **sized}


def after(design: Design) -> Iterator[Resource]:
    """What belongs to the cluster, and the way into its network."""
    yield from attached(design.cluster, _workspace(design))
    for number, group in enumerate(design.answers.admin_groups):
        yield _role(f"admins{number}", _CLUSTER, "Azure Kubernetes Service RBAC Cluster Admin", group)
    if acr := design.answers.acr_id:
        yield _role("pull", acr, "AcrPull", Raw("azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id"))
    if design.answers.bastion:
        yield from _bastion(design)


def attached(cluster: Cluster, workspace: str) -> Iterator[Resource]:
    """The settings of a cluster that are resources of their own."""
    protection = cluster.protection
    if is_known(protection.audit_logs) and protection.audit_logs:
        logs = {
            "name": "aks-audit",
            "target_resource_id": _CLUSTER,
            "log_analytics_workspace_id": workspace,
            "enabled_log": [{"category": category} for category in protection.audit_logs],
        }
        yield "azurerm_monitor_diagnostic_setting", "audit", logs
    if is_known(protection.safeguards_level) and protection.safeguards_level:
        safeguard = {"kubernetes_cluster_id": _CLUSTER, "level": protection.safeguards_level}
        if is_known(protection.pod_security_level) and protection.pod_security_level:
            safeguard["pod_security_standards_level"] = protection.pod_security_level
        yield "azurerm_kubernetes_cluster_deployment_safeguard", "this", safeguard


def _workspace(design: Design) -> str:
    return design.answers.workspace_id or Raw("azurerm_log_analytics_workspace.this.id")


def _role(name: str, scope: str, role: str, principal: str) -> Resource:
    body = {"scope": scope, "role_definition_name": role, "principal_id": principal}
    return "azurerm_role_assignment", name, body


def _subnet(name: str, label: str, prefix: str, **more: Any) -> Resource:
    network = {
        "resource_group_name": _PLACE["resource_group_name"],
        "virtual_network_name": Raw("azurerm_virtual_network.this.name"),
    }
    return "azurerm_subnet", name, {"name": label, **network, "address_prefixes": [prefix], **more}


def _network(design: Design) -> Iterator[Resource]:
    answers, nets = design.answers, design.subnets
    space = {"address_space": [answers.network]}
    yield "azurerm_virtual_network", "this", {"name": f"vnet-{answers.name}", **_PLACE, **space}
    yield _subnet("nodes", "nodes", nets.nodes, default_outbound_access_enabled=False)
    service = {"name": "Microsoft.ContainerService/managedClusters"}
    yield _subnet("api", "api-server", nets.api, delegation={"name": "aks", "service_delegation": service})
    rule = {
        "name": "deny-ssh-and-rdp-from-internet",
        "priority": 100,
        "direction": "Inbound",
        "access": "Deny",
        "protocol": "Tcp",
        "source_address_prefix": "Internet",
        "source_port_range": "*",
        "destination_address_prefix": "*",
        "destination_port_ranges": ["22", "3389"],
    }
    yield "azurerm_network_security_group", "this", {"name": f"nsg-{answers.name}", **_PLACE, "security_rule": rule}
    nodes = {"subnet_id": Raw("azurerm_subnet.nodes.id")}
    guard = {"network_security_group_id": Raw("azurerm_network_security_group.this.id")}
    yield "azurerm_subnet_network_security_group_association", "nodes", {**nodes, **guard}
    if answers.egress == "firewall":
        hop = {"next_hop_type": "VirtualAppliance", "next_hop_in_ip_address": answers.firewall_ip}
        route = {"name": "out", "address_prefix": "0.0.0.0/0", **hop}
        yield "azurerm_route_table", "this", {"name": "routes", **_PLACE, "route": route}
        table = {"route_table_id": Raw("azurerm_route_table.this.id")}
        yield "azurerm_subnet_route_table_association", "nodes", {**nodes, **table}
    if answers.egress == "nat":
        yield _address("nat")
        yield "azurerm_nat_gateway", "this", {"name": "nat", **_PLACE, "sku_name": "Standard"}
        gateway = {"nat_gateway_id": Raw("azurerm_nat_gateway.this.id")}
        address = {"public_ip_address_id": Raw("azurerm_public_ip.nat.id")}
        yield "azurerm_nat_gateway_public_ip_association", "this", {**gateway, **address}
        yield "azurerm_subnet_nat_gateway_association", "nodes", {**nodes, **gateway}


def _address(name: str) -> Resource:
    body = {"name": f"pip-{name}", **_PLACE, "allocation_method": "Static", "sku": "Standard"}
    return "azurerm_public_ip", name, body


def _key(design: Design) -> Iterator[Resource]:
    hsm = design.answers.regulated
    safe = {"rbac_authorization_enabled": True, "purge_protection_enabled": True, "soft_delete_retention_days": 90}
    tenant = Raw("data.azurerm_client_config.this.tenant_id")
    kind = {"sku_name": "premium" if hsm else "standard", "tenant_id": tenant}
    yield "azurerm_key_vault", "this", {"name": design.vault, **_PLACE, **kind, **safe}
    vault = Raw("azurerm_key_vault.this.id")
    yield _role("key", vault, "Key Vault Crypto User", _CONTROL)
    # The key is made through the vault itself, by whoever applies this.
    applying = Raw("data.azurerm_client_config.this.object_id")
    yield _role("key_maker", vault, "Key Vault Crypto Officer", applying)
    shape = {"key_type": "RSA-HSM" if hsm else "RSA", "key_size": 3072 if hsm else 2048}
    may = {"key_opts": ["decrypt", "encrypt"], "depends_on": Raw("[azurerm_role_assignment.key_maker]")}
    yield "azurerm_key_vault_key", "etcd", {"name": "etcd", "key_vault_id": vault, **shape, **may}


def _bastion(design: Design) -> Iterator[Resource]:
    yield _subnet("bastion", "AzureBastionSubnet", design.subnets.bastion)
    yield _subnet("jump", "jump", design.subnets.jump)
    guard = {"network_security_group_id": Raw("azurerm_network_security_group.this.id")}
    jump = {"subnet_id": Raw("azurerm_subnet.jump.id")}
    yield "azurerm_subnet_network_security_group_association", "jump", {**jump, **guard}
    yield _address("bastion")
    address = {"public_ip_address_id": Raw("azurerm_public_ip.bastion.id")}
    front = {"name": "bastion", "subnet_id": Raw("azurerm_subnet.bastion.id"), **address}
    tunnel = {"sku": "Standard", "tunneling_enabled": True}
    yield "azurerm_bastion_host", "this", {"name": "bastion", **_PLACE, **tunnel, "ip_configuration": front}
    inside = {"name": "jump", **jump, "private_ip_address_allocation": "Dynamic"}
    yield "azurerm_network_interface", "jump", {"name": "nic-jump", **_PLACE, "ip_configuration": inside}
    image = {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"}
    machine = {
        "name": "jump",
        **_PLACE,
        "size": "Standard_D2s_v5",
        "admin_username": "azureuser",
        "network_interface_ids": Raw("[azurerm_network_interface.jump.id]"),
        "encryption_at_host_enabled": True,
        "secure_boot_enabled": True,
        "vtpm_enabled": True,
        "admin_ssh_key": {"username": "azureuser", "public_key": Raw("var.jump_host_ssh_key")},
        "identity": {"type": "SystemAssigned"},
        "os_disk": {"caching": "ReadWrite", "storage_account_type": "Premium_LRS"},
        "source_image_reference": image,
    }
    yield "azurerm_linux_virtual_machine", "jump", machine
