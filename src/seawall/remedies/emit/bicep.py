"""A design as one Bicep file, and a module where a registry of another group is attached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from seawall.model import Pool, is_known, known
from seawall.remedies.design import API, KUBELET, NODES, Design
from seawall.remedies.emit import bicep_around
from seawall.remedies.emit.comments import header
from seawall.sources.clusters.arm_body import to_arm

VERSION: Final = "2026-05-01"
"""The newest API version of managed clusters that is no preview (ARM schema, August 2026)."""

_NAME = re.compile(r"[A-Za-z_]\w*")


class Raw(str):
    """An expression of Bicep, not a text."""


REFERENCES: Mapping[str, Raw] = {
    NODES: Raw("nodes.id"),
    API: Raw("api.id"),
    KUBELET: Raw("kubeletIdentity.id"),
}


def bicep(design: Design) -> dict[str, str]:
    """File name -> text."""
    parts = [
        header(design, "//"),
        bicep_around.before(design),
        f"resource cluster 'Microsoft.ContainerService/managedClusters@{VERSION}' = {literal(_body(design))}\n",
        bicep_around.after(design),
    ]
    pull = {"acr-pull.bicep": bicep_around.PULL} if design.answers.acr_id else {}
    return {"main.bicep": "\n".join(part for part in parts if part), **pull}


def literal(value: Any, indent: int = 0) -> str:
    """A value as Bicep writes it."""
    inner = "  " * (indent + 1)
    match value:
        case Raw():
            return str(value)
        case str():
            return REFERENCES.get(value) or quoted(value)
        case bool():
            return "true" if value else "false"
        case dict():
            lines = [f"{inner}{_key(key)}: {literal(held, indent + 1)}\n" for key, held in value.items()]
        case list():
            lines = [f"{inner}{literal(held, indent + 1)}\n" for held in value]
        case _:
            return str(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{''.join(lines)}{'  ' * indent}{closing}" if lines else opening + closing


def quoted(text: str) -> str:
    """A text in quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${").replace("\n", "\\n") + "'"


def _key(key: str) -> str:
    if isinstance(key, Raw):
        return f"'{key}'"
    return key if _NAME.fullmatch(key) else quoted(key)


def _body(design: Design) -> dict[str, Any]:
    """The cluster as the table writes it, and what the API wants beside the settings."""
    body = to_arm(design.cluster)
    for name in ("type", "resourceGroup", "resources"):
        body.pop(name, None)
    merge(body, _beside(design))
    for profile, pool in zip(body["properties"]["agentPoolProfiles"], known(design.cluster.pools), strict=True):
        merge(profile, _beside_pool(design, pool))
    body["dependsOn"] = [Raw(name) for name in bicep_around.first(design)]
    return {name: body.pop(name) for name in ("name", "location", "tags", "sku", "identity")} | body


def _beside(design: Design) -> dict[str, Any]:
    workspace = Raw("workspaceId")
    properties: dict[str, Any] = {
        "addonProfiles": {
            "omsagent": {"config": {"logAnalyticsWorkspaceResourceID": workspace, "useAADAuth": "true"}},
            "azureKeyvaultSecretsProvider": {"config": {"rotationPollInterval": "2m"}},
        },
        "securityProfile": {
            "azureKeyVaultKms": {
                "keyId": Raw("etcdKey.properties.keyUriWithVersion"),
                "keyVaultNetworkAccess": "Private",
                "keyVaultResourceId": Raw("vault.id"),
            },
            "defender": {"logAnalyticsWorkspaceResourceId": workspace},
            "imageCleaner": {"intervalHours": 168},
        },
        "aadProfile": {"tenantID": Raw("tenant().tenantId")},
    }
    if design.answers.windows:
        properties["windowsProfile"] = {"adminPassword": Raw("windowsAdminPassword")}
    return {
        "location": Raw("location"),
        "sku": {"name": "Base"},
        "identity": {"userAssignedIdentities": {Raw("${identity.id}"): {}}},
        "properties": properties,
    }


def _beside_pool(design: Design, pool: Pool) -> dict[str, Any]:
    scaling = is_known(pool.auto_scaling) and pool.auto_scaling
    bounds = {"minCount": design.size.least, "maxCount": design.size.most} if scaling else {}
    return {"vmSize": design.size.vm_size, **bounds, "upgradeSettings": {"maxSurge": "33%"}}


def pruned(value: Any) -> Any:
    """The value without what is none or empty at any depth: ARM's answers hold it, its requests should not."""
    if isinstance(value, dict):
        held = {key: pruned(each) for key, each in value.items()}
        return {key: each for key, each in held.items() if each not in (None, "", [], {})}
    return [pruned(each) for each in value] if isinstance(value, list) else value


def merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Write what `other` holds into `into`, dicts into the dicts that are there."""
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value
