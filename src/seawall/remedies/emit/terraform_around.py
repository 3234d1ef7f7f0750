"""The Terraform resources around a cluster: network, identities, key, logs, roles, the way in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seawall.model import Cluster, is_known
from seawall.remedies.design import Design
from seawall.remedies.emit import terraform_monitoring, terraform_vault
from seawall.remedies.emit.hcl import Raw, Resource, block
from seawall.remedies.emit.names import monitor
from seawall.remedies.emit.terraform_place import CLUSTER, CONTROL, NETWORK, PLACE, guarded, role, subnet


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
            "key_vault_key_id": terraform_vault.KEY,
            "key_vault_network_access": "Private",
        },
        "microsoft_defender": {"log_analytics_workspace_id": workspace},
        "oms_agent": {"log_analytics_workspace_id": workspace, "msi_auth_for_monitoring_enabled": True},
        **windows(design.cluster),
        "depends_on": Raw(
            "[azurerm_role_assignment.network, azurerm_role_assignment.kubelet, "
            "azurerm_role_assignment.key, azurerm_role_assignment.key_link"
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
    yield "azurerm_user_assigned_identity", "control_plane", {"name": "id-control-plane", **PLACE}
    yield "azurerm_user_assigned_identity", "kubelet", {"name": "id-kubelet", **PLACE}
    yield role("network", NETWORK, "Network Contributor", CONTROL)
    kubelet = Raw("azurerm_user_assigned_identity.kubelet.id")
    yield role("kubelet", kubelet, "Managed Identity Operator", CONTROL)
    yield from terraform_vault.vault(design)
    yield "azurerm_monitor_workspace", "this", {"name": monitor("metrics", answers.name), **PLACE}
    if not answers.workspace_id:
        days = 365 if answers.regulated else 90
        sized = {"sku": "PerGB2018", "retention_in_days": days}
        yield "azurerm_log_analytics_workspace", "this", {"name": f"log-{answers.name}", **PLACE, **sized}


def after(design: Design) -> Iterator[Resource]:
    """What belongs to the cluster, and the way into its network."""
    metrics = Raw("azurerm_monitor_workspace.this.id")
    yield from terraform_monitoring.collecting(design.cluster, PLACE, _workspace(design), metrics)
    yield from attached(design.cluster, _workspace(design))
    for number, group in enumerate(design.answers.admin_groups):
        yield role(f"admins{number}", CLUSTER, "Azure Kubernetes Service RBAC Cluster Admin", group)
    if acr := design.answers.acr_id:
        yield role("pull", acr, "AcrPull", Raw("azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id"))
    if design.answers.bastion:
        yield from _bastion(design)


def attached(cluster: Cluster, workspace: str) -> Iterator[Resource]:
    """The settings of a cluster that are resources of their own."""
    protection = cluster.protection
    if is_known(protection.audit_logs) and protection.audit_logs:
        logs = {
            "name": "aks-audit",
            "target_resource_id": CLUSTER,
            "log_analytics_workspace_id": workspace,
            "enabled_log": [{"category": category} for category in protection.audit_logs],
        }
        yield "azurerm_monitor_diagnostic_setting", "audit", logs
    if is_known(protection.safeguards_level) and protection.safeguards_level:
        safeguard = {"kubernetes_cluster_id": CLUSTER, "level": protection.safeguards_level}
        if is_known(protection.pod_security_level) and protection.pod_security_level:
            safeguard["pod_security_standards_level"] = protection.pod_security_level
        yield "azurerm_kubernetes_cluster_deployment_safeguard", "this", safeguard


def _workspace(design: Design) -> str:
    return design.answers.workspace_id or Raw("azurerm_log_analytics_workspace.this.id")


def _network(design: Design) -> Iterator[Resource]:
    answers, nets = design.answers, design.subnets
    space = {"address_space": [answers.network]}
    yield "azurerm_virtual_network", "this", {"name": f"vnet-{answers.name}", **PLACE, **space}
    yield subnet("nodes", "nodes", nets.nodes, default_outbound_access_enabled=False)
    service = {"name": "Microsoft.ContainerService/managedClusters"}
    yield subnet("api", "api-server", nets.api, delegation={"name": "aks", "service_delegation": service})
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
    yield "azurerm_network_security_group", "this", {"name": f"nsg-{answers.name}", **PLACE, "security_rule": rule}
    nodes = {"subnet_id": Raw("azurerm_subnet.nodes.id")}
    yield guarded("nodes")
    if answers.egress == "firewall":
        hop = {"next_hop_type": "VirtualAppliance", "next_hop_in_ip_address": answers.firewall_ip}
        route = {"name": "out", "address_prefix": "0.0.0.0/0", **hop}
        yield "azurerm_route_table", "this", {"name": "routes", **PLACE, "route": route}
        table = {"route_table_id": Raw("azurerm_route_table.this.id")}
        yield "azurerm_subnet_route_table_association", "nodes", {**nodes, **table}
    if answers.egress == "nat":
        yield _address("nat")
        yield "azurerm_nat_gateway", "this", {"name": "nat", **PLACE, "sku_name": "Standard"}
        gateway = {"nat_gateway_id": Raw("azurerm_nat_gateway.this.id")}
        address = {"public_ip_address_id": Raw("azurerm_public_ip.nat.id")}
        yield "azurerm_nat_gateway_public_ip_association", "this", {**gateway, **address}
        yield "azurerm_subnet_nat_gateway_association", "nodes", {**nodes, **gateway}


def _address(name: str) -> Resource:
    body = {"name": f"pip-{name}", **PLACE, "allocation_method": "Static", "sku": "Standard"}
    return "azurerm_public_ip", name, body


def _bastion(design: Design) -> Iterator[Resource]:
    yield subnet("bastion", "AzureBastionSubnet", design.subnets.bastion)
    yield subnet("jump", "jump", design.subnets.jump)
    jump = {"subnet_id": Raw("azurerm_subnet.jump.id")}
    yield guarded("jump")
    yield _address("bastion")
    address = {"public_ip_address_id": Raw("azurerm_public_ip.bastion.id")}
    front = {"name": "bastion", "subnet_id": Raw("azurerm_subnet.bastion.id"), **address}
    tunnel = {"sku": "Standard", "tunneling_enabled": True}
    yield "azurerm_bastion_host", "this", {"name": "bastion", **PLACE, **tunnel, "ip_configuration": front}
    inside = {"name": "jump", **jump, "private_ip_address_allocation": "Dynamic"}
    yield "azurerm_network_interface", "jump", {"name": "nic-jump", **PLACE, "ip_configuration": inside}
    image = {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"}
    machine = {
        "name": "jump",
        **PLACE,
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
