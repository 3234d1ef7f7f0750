"""Settings of a cluster that Azure keeps in resources of their own: diagnostic settings, maintenance windows and so on.

They are read where an export carries them with the cluster; without them the settings stay unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from seawall.model import Cluster, Unknown, is_known
from seawall.model.paths import get
from seawall.sources.clusters.documents import Resource
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.values import pick, reader, write

ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
"""Role definition AcrPull: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles#acrpull"""

ROWS: tuple[Field, ...] = tuple(field for field in FIELDS if field.resource)

_PROVIDERS = {
    "diagnosticSettings": "Microsoft.Insights",
    "maintenanceConfigurations": "Microsoft.ContainerService/managedClusters",
    "deploymentSafeguards": "Microsoft.ContainerService",
    "roleAssignments": "Microsoft.Authorization",
}


def read_attached(resources: Sequence[Resource]) -> Iterator[tuple[Field, object]]:
    """Each of these settings, from the resources that belong to one cluster.

    A resource with neither name nor properties says that there is none of its kind.
    """
    for field in ROWS:
        kind = field.resource.lower()
        there = [resource for resource in resources if resource.kind.rpartition("/")[2] == kind]
        perhaps = next((resource.perhaps for resource in there if resource.perhaps is not None), None)
        yield field, perhaps if perhaps is not None else _read(field, there) if there else field.absent


def elsewhere(cluster: Cluster) -> tuple[str, ...]:
    """The paths of those of these settings that the cluster's input does not tell."""
    return tuple(field.path for field in ROWS if not is_known(get(cluster, field.path)))


def write_attached(field: Field, value: Any) -> dict[str, Any]:
    """The child resource that says `value`, as an export would carry it."""
    properties: dict[str, Any] = {}
    name = "default"
    match field.kind:
        case Kind.LOGS:
            properties["logs"] = [{"category": category, "enabled": True} for category in value]
        case Kind.ROLE:
            properties["roleDefinitionId"] = f"/providers/Microsoft.Authorization/roleDefinitions/{ACR_PULL}"
        case Kind.WINDOWS:
            name = value
        case _:
            properties[field.arm[0].removeprefix("properties.")] = write(field, value)
    return {"type": f"{_PROVIDERS[field.resource]}/{field.resource}", "name": name, "properties": properties}


def _read(field: Field, resources: list[Resource]) -> object:
    match field.kind:
        case Kind.LOGS:
            return _names(category for resource in resources for category in _categories(resource))
        case Kind.WINDOWS:
            return _names(_name(resource) for resource in resources)
        case Kind.ROLE:
            pulls = any(ACR_PULL in str(pick(resource.properties, "roleDefinitionId")) for resource in resources)
            return pulls or Unknown("the role assignments here do not include AcrPull")
        case _:
            keys = [path.removeprefix("properties.") for path in field.arm]
            told = [value for resource in resources if (value := pick(resource.properties, *keys)) is not None]
            return reader(field)(told[0]) if told else field.absent


def _name(resource: Resource) -> object:
    name = pick(resource.body, "name")
    return name if isinstance(name, Unknown) or name == "" else resource.name


def _categories(resource: Resource) -> Iterator[object]:
    """The log categories that are switched on, or the category group (`audit`, `allLogs`) where one is named."""
    properties = pick(resource.body, "properties")
    logs = properties if isinstance(properties, Unknown) else pick(resource.properties, "logs")
    for log in logs if isinstance(logs, list) else (logs,):
        enabled = log if isinstance(log, Unknown) else pick(log, "enabled")
        if isinstance(enabled, Unknown):
            yield enabled
        elif enabled in (True, "true", "True"):
            yield pick(log, "category", "categoryGroup")


def _names(texts: Iterable[object]) -> tuple[str, ...] | Unknown:
    """The texts among `texts` that say something, each once, sorted; unknown where one of them is."""
    texts = list(texts)
    unknown = next((text for text in texts if isinstance(text, Unknown)), None)
    return unknown if unknown is not None else tuple(sorted({text for text in texts if isinstance(text, str) and text}))
