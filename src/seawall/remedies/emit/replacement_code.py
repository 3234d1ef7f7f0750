"""The replacement of a cluster as Bicep and as Terraform: what it needs to be there first are parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seawall.model import Cluster, Pool, is_known, known
from seawall.remedies.emit import bicep_around, terraform_around, terraform_monitoring
from seawall.remedies.emit.bicep import VERSION, Raw, literal, merge, pruned, quoted
from seawall.remedies.emit.hcl import Map, block
from seawall.remedies.emit.hcl import Raw as Expression
from seawall.remedies.emit.names import vault_is_private
from seawall.remedies.emit.replacement import NEEDS, about, in_order, settled
from seawall.remedies.emit.terraform import LATER, pool_body, providers, resource, settings, updates
from seawall.sources.clusters.arm_body import to_arm


def bicep(old: Cluster, new: Cluster) -> dict[str, str]:
    """File name -> text."""
    new = settled(new)
    body = pruned(to_arm(new))
    for name in ("type", "resourceGroup", "resources"):
        body.pop(name, None)
    properties = body["properties"]
    merge(properties, _beside(new))
    for profile, pool in zip(properties["agentPoolProfiles"], known(new.pools), strict=True):
        profile["vmSize"] = Raw(f"vmSizes.{pool.name}")
        if profile.get("enableAutoScaling"):
            profile |= {"minCount": Raw(f"bounds.{pool.name}.least"), "maxCount": Raw(f"bounds.{pool.name}.most")}
    if body.get("identity", {}).get("type") == "UserAssigned":
        body["identity"]["userAssignedIdentities"] = {Raw("${identityId}"): {}}
    body["sku"] = {"name": "Base", **body.get("sku", {})}
    body["location"] = Raw("location")
    whole = f"resource cluster 'Microsoft.ContainerService/managedClusters@{VERSION}' = {literal(body)}\n"
    rest = [part.strip("\n") + "\n" for part in bicep_around.attached(new)]
    head = "".join(f"// {line}\n" for line in about(old, new))
    asked = "".join(_parameters(old, new, "\n".join([whole, *rest])))
    return {"main.bicep": "\n".join([head, asked, whole, *rest])}


def _parameters(old: Cluster, new: Cluster, text: str) -> Iterator[str]:
    yield f"param location string = {quoted(new.region)}\n\n" if new.region else "param location string\n\n"
    for need, name in _NAMED.items():
        if name in text:
            secret = "@secure()\n" if need.endswith("PASSWORD") else ""
            yield f"{secret}@description({quoted(NEEDS[need])})\nparam {name} string\n\n"
    pools = known(new.pools)
    sizes = "".join(f"  {pool.name}: string\n" for pool in pools)
    ask = f"az aks nodepool list -g {old.resource_group or 'GROUP'} --cluster-name {old.name}"
    text = quoted(f'Machine size by pool: {ask} --query "[].[name,vmSize]" -o tsv')
    yield f"@description({text})\nparam vmSizes {{\n{sizes}}}\n"
    if scaled := [pool for pool in pools if pool.auto_scaling is True]:
        each = "".join(f"  {pool.name}: {{ least: int, most: int }}\n" for pool in scaled)
        yield f"\n@description('Least and most nodes of the pools that scale')\nparam bounds {{\n{each}}}\n"


_NAMED: Mapping[str, str] = {
    "IDENTITY_ID": "identityId",
    "WORKSPACE_ID": "workspaceId",
    "KEY_ID": "keyId",
    "VAULT_ID": "vaultId",
    "METRICS_ID": "metricsId",
    "WINDOWS_ADMIN_PASSWORD": "windowsAdminPassword",
}


def _beside(new: Cluster) -> dict[str, Any]:
    """What the API wants beside the settings."""
    found: dict[str, Any] = {}
    if new.addons.container_insights is True:
        config = {"logAnalyticsWorkspaceResourceID": Raw("workspaceId"), "useAADAuth": "true"}
        merge(found, {"addonProfiles": {"omsagent": {"config": config}}})
    if new.protection.defender is True:
        merge(found, {"securityProfile": {"defender": {"logAnalyticsWorkspaceResourceId": Raw("workspaceId")}}})
    if new.protection.kms is True:
        private = {"keyVaultNetworkAccess": "Private", "keyVaultResourceId": Raw("vaultId")}
        key = {"keyId": Raw("keyId"), **(private if vault_is_private(new) else {"keyVaultNetworkAccess": "Public"})}
        merge(found, {"securityProfile": {"azureKeyVaultKms": key}})
    if new.protection.image_cleaner is True:
        merge(found, {"securityProfile": {"imageCleaner": {"intervalHours": 168}}})
    if new.access.entra is True:
        found["aadProfile"] = {"tenantID": Raw("tenant().tenantId")}
    if is_known(new.upkeep.windows_admin) and new.upkeep.windows_admin:
        found["windowsProfile"] = {"adminPassword": Raw("windowsAdminPassword")}
    return found


def terraform(old: Cluster, new: Cluster, azurerm: int) -> dict[str, str]:
    """File name -> text. `azurerm` is 4 or 5."""
    new = settled(new)
    first, *others = in_order(known(new.pools))
    place: dict[str, Any] = {"location": new.region or Expression("var.region")}
    place["resource_group_name"] = new.resource_group or Expression("var.resource_group")
    body: dict[str, Any] = {"name": new.name, **place, "tags": Map(new.tags), **settings(new)}
    body["default_node_pool"] = {"temporary_name_for_rotation": "tmprotation", **_pool(first, first=True)}
    merge(body, _beside_terraform(new))
    body |= terraform_around.windows(new)
    workspace, metrics = Expression("var.workspace_id"), Expression("var.metrics_id")
    parts = [
        resource("azurerm_kubernetes_cluster", "this", body),
        *(resource("azurerm_kubernetes_cluster_node_pool", pool.name, _pool(pool, first=False)) for pool in others),
        *(resource("azapi_update_resource", *each) for each in updates(_with(new, first, others))),
        *(resource(*each) for each in terraform_monitoring.collecting(new, place, workspace, metrics)),
        *(resource(*each) for each in terraform_around.attached(new, workspace)),
    ]
    text = "\n".join(parts)
    head = "".join(f"# {line}\n" for line in (*about(old, new), LATER))
    return {"main.tf": "\n".join([head, *providers(azurerm), *_variables(text), text])}


def _with(new: Cluster, first: Pool, others: list[Pool]) -> Cluster:
    from msgspec.structs import replace

    return replace(new, pools=(first, *others))


def _pool(pool: Pool, *, first: bool) -> dict[str, Any]:
    bounds: dict[str, Any] = {f"{end}_count": Expression(f'var.bounds["{pool.name}"].{end}') for end in ("min", "max")}
    if is_known(pool.count) and pool.count:
        bounds["node_count"] = pool.count
    return pool_body(pool, {"vm_size": Expression(f'var.vm_sizes["{pool.name}"]')}, bounds, first=first)


def _beside_terraform(new: Cluster) -> dict[str, Any]:
    """What azurerm wants beside the settings."""
    found: dict[str, Any] = {}
    workspace = {"log_analytics_workspace_id": Expression("var.workspace_id")}
    if new.identity.type == "UserAssigned":
        found["identity"] = {"identity_ids": Expression("[var.identity_id]")}
    if is_known(new.identity.kubelet) and new.identity.kubelet:
        told = ("client_id", "object_id")
        found["kubelet_identity"] = {name: Expression(f"var.kubelet_{name}") for name in told}
    if new.access.entra is True:
        found["azure_active_directory_role_based_access_control"] = {
            "tenant_id": Expression("data.azurerm_client_config.this.tenant_id")
        }
    if new.protection.kms is True:
        access = "Private" if vault_is_private(new) else "Public"
        key = {"key_vault_key_id": Expression("var.key_id"), "key_vault_network_access": access}
        found["key_management_service"] = key
    if new.protection.defender is True:
        found["microsoft_defender"] = workspace
    if new.addons.container_insights is True:
        found["oms_agent"] = {**workspace, "msi_auth_for_monitoring_enabled": True}
    if new.protection.image_cleaner is True:
        found["image_cleaner_interval_hours"] = 168
    if is_known(new.upkeep.windows_admin) and new.upkeep.windows_admin:
        found["windows_profile"] = {"admin_password": Expression("var.windows_admin_password")}
    return found


def _variables(text: str) -> Iterator[str]:
    """What is asked for when it is applied."""
    asked = {name.lower(): NEEDS[name] for name in _NAMED}
    asked |= {"region": "the region", "resource_group": "the resource group"}
    asked |= {f"kubelet_{name}": f"{name} of the kubelets' identity" for name in ("client_id", "object_id")}
    for name, what in asked.items():
        if f"var.{name}" in text:
            secret = {"sensitive": True} if name.endswith("password") else {}
            yield block(f'variable "{name}"', {"description": what, "type": Expression("string"), **secret})
    sizes = "machine size by node pool, as the old cluster has it"
    yield block('variable "vm_sizes"', {"description": sizes, "type": Expression("map(string)")})
    if "var.bounds" in text:
        shape = Expression("map(object({ min = number, max = number }))")
        yield block('variable "bounds"', {"description": "least and most nodes by node pool", "type": shape})
    if "data.azurerm_client_config" in text:
        yield block('data "azurerm_client_config" "this"', {})
