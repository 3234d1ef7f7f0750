"""`azurerm_kubernetes_automatic_cluster`: it has few attributes, and AKS Automatic sets the rest by itself.

Source: terraform-provider-azurerm 5.0, website/docs/r/kubernetes_automatic_cluster.
"""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.model import Unknown
from seawall.sources.clusters.terraform.resource import AUTOMATIC, AZAPI, Path, Resource

_TYPE = "Microsoft.ContainerService/managedClusters@2026-04-01"
"""The API version that azurerm 5.0 speaks."""

_ATTRIBUTES: dict[tuple[str, str], tuple[str, ...]] = {
    ("api_server_access", "authorized_ip_ranges"): ("apiServerAccessProfile", "authorizedIPRanges"),
    ("api_server_access", "subnet_id"): ("apiServerAccessProfile", "subnetId"),
    ("private_cluster", "private_dns_zone_id"): ("apiServerAccessProfile", "privateDNSZone"),
    ("private_cluster", "public_fully_qualified_domain_name_enabled"): (
        "apiServerAccessProfile",
        "enablePrivateClusterPublicFQDN",
    ),
    ("web_app_routing_ingress", "default_nginx_controller"): (
        "ingressProfile",
        "webAppRouting",
        "nginx",
        "defaultIngressControllerType",
    ),
}
_PRESENT = {
    "private_cluster": ("apiServerAccessProfile", "enablePrivateCluster"),
    "web_app_routing_ingress": ("ingressProfile", "webAppRouting", "enabled"),
}


def as_arm(resource: Resource) -> Resource:
    """The resource as azapi would write it; any other resource as it is."""
    if resource.kind != AUTOMATIC:
        return resource
    properties: dict[str, Any] = {}
    lines: dict[Path, int] = {path: line for path, line in resource.lines.items() if len(path) < 2}
    for kind, way in _PRESENT.items():
        held = resource.values.get(kind)
        _put(properties, way, held if isinstance(held, Unknown) else bool(held))
        _mark(lines, resource, (kind,), way)
    for (kind, name), way in _ATTRIBUTES.items():
        held = resource.values.get(kind)
        block = held[0] if isinstance(held, list) and held else held
        value = block.get(name) if isinstance(block, dict) else block if isinstance(block, Unknown) else None
        if name == "authorized_ip_ranges" and value is None:
            value = []
        if value is not None:
            _put(properties, way, value)
            _mark(lines, resource, (kind, 0, name), way)
    values = {
        **{name: resource.values.get(name) for name in ("name", "location", "identity", "tags")},
        "type": _TYPE,
        "body": {"sku": {"name": "Automatic", "tier": "Standard"}, "properties": properties},
    }
    return msgspec.structs.replace(resource, kind=AZAPI, values=values, lines=lines)


def _put(properties: dict[str, Any], way: tuple[str, ...], value: Any) -> None:
    *before, last = way
    for name in before:
        properties = properties.setdefault(name, {})
    properties[last] = value


def _mark(lines: dict[Path, int], resource: Resource, path: Path, way: tuple[str, ...]) -> None:
    for place in (path, path[:1]):
        if place in resource.lines:
            lines.setdefault(("body", "properties", *way), resource.lines[place])
