"""What the Terraform resources around a cluster have in common: their place, subnets, roles."""

from __future__ import annotations

from typing import Any, Final

from seawall.remedies.emit.hcl import Raw, Resource

PLACE: Final = {
    "location": Raw("azurerm_resource_group.this.location"),
    "resource_group_name": Raw("azurerm_resource_group.this.name"),
}
CLUSTER: Final = Raw("azurerm_kubernetes_cluster.this.id")
CONTROL: Final = Raw("azurerm_user_assigned_identity.control_plane.principal_id")
NETWORK: Final = Raw("azurerm_virtual_network.this.id")


def role(name: str, scope: str, named: str, principal: str) -> Resource:
    """A role, by its name, on a scope."""
    body = {"scope": scope, "role_definition_name": named, "principal_id": principal}
    return "azurerm_role_assignment", name, body


def subnet(name: str, label: str, prefix: str, **more: Any) -> Resource:
    """A subnet of the cluster's network; `label` is its name in Azure."""
    network = {
        "resource_group_name": PLACE["resource_group_name"],
        "virtual_network_name": Raw("azurerm_virtual_network.this.name"),
    }
    return "azurerm_subnet", name, {"name": label, **network, "address_prefixes": [prefix], **more}


def guarded(name: str) -> Resource:
    """The network security group before a subnet."""
    body = {
        "subnet_id": Raw(f"azurerm_subnet.{name}.id"),
        "network_security_group_id": Raw("azurerm_network_security_group.this.id"),
    }
    return "azurerm_subnet_network_security_group_association", name, body
