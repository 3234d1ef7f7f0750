"""The key of a cluster in Terraform, and its vault, which no public network reaches."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.remedies.design import Design
from seawall.remedies.emit.hcl import Map, Raw, Resource
from seawall.remedies.emit.terraform_place import CONTROL, NETWORK, PLACE, guarded, role, subnet

KEY = Raw("azapi_resource_action.etcd.output.properties.keyUriWithVersion")
_VAULT = Raw("azurerm_key_vault.this.id")
_ZONE = "privatelink.vaultcore.azure.net"


def vault(design: Design) -> Iterator[Resource]:
    """The vault, the key, and the vault's address inside the network.

    The control plane of Azure makes the key: no firewall of a vault stands before it
    (https://learn.microsoft.com/azure/key-vault/general/network-security), while azurerm_key_vault_key would need a
    way in. As an action, for the control plane deletes no key. AKS makes a private endpoint of its own
    (https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption); the one here is for whoever rotates the key.
    """
    hsm = design.answers.regulated
    tenant = Raw("data.azurerm_client_config.this.tenant_id")
    closed = {"public_network_access_enabled": False, "network_acls": {"bypass": "None", "default_action": "Deny"}}
    safe = {"rbac_authorization_enabled": True, "purge_protection_enabled": True, "soft_delete_retention_days": 90}
    kind = {"sku_name": "premium" if hsm else "standard", "tenant_id": tenant}
    yield "azurerm_key_vault", "this", {"name": design.vault, **PLACE, **kind, **safe, **closed}
    yield role("key", _VAULT, "Key Vault Crypto User", CONTROL)
    yield role("key_link", _VAULT, "Key Vault Contributor", CONTROL)
    properties = Map(kty="RSA-HSM" if hsm else "RSA", keySize=3072 if hsm else 2048)
    made = {
        "type": "Microsoft.KeyVault/vaults/keys@2023-07-01",
        "resource_id": Raw('"${azurerm_key_vault.this.id}/keys/etcd"'),
        "method": "PUT",
        "body": Map(properties=properties),
        "response_export_values": ["properties.keyUriWithVersion"],
    }
    yield "azapi_resource_action", "etcd", made
    yield from _endpoint(design.subnets.endpoints)


def _endpoint(prefix: str) -> Iterator[Resource]:
    yield subnet("endpoints", "endpoints", prefix)
    yield guarded("endpoints")
    yield "azurerm_private_dns_zone", "vault", {"name": _ZONE, "resource_group_name": PLACE["resource_group_name"]}
    link = {
        "name": "network",
        "resource_group_name": PLACE["resource_group_name"],
        "private_dns_zone_name": Raw("azurerm_private_dns_zone.vault.name"),
        "virtual_network_id": NETWORK,
    }
    yield "azurerm_private_dns_zone_virtual_network_link", "vault", link
    connection = {"name": "vault", "private_connection_resource_id": _VAULT, "subresource_names": ["vault"]}
    endpoint = {
        "name": "vault",
        **PLACE,
        "subnet_id": Raw("azurerm_subnet.endpoints.id"),
        "private_service_connection": {**connection, "is_manual_connection": False},
        "private_dns_zone_group": {
            "name": "default",
            "private_dns_zone_ids": Raw("[azurerm_private_dns_zone.vault.id]"),
        },
    }
    yield "azurerm_private_endpoint", "vault", endpoint
