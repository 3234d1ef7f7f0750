"""Ids of resources. What only the deployment knows of an id stands in it as `{subscription}` or `{resourceGroup}`.

Such an id is a known value: it says which resource is meant. With an unknown name in it, it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seawall.model import Unknown
from seawall.sources.clusters.template_functions.function import Function, lenient
from seawall.sources.clusters.unknown_text import joined

ONLY_AZURE = frozenset(
    {"deployer", "deployment", "environment", "externalinput", "fail", "getsecret", "managementgroup", "newguid"}
    | {"pickzones", "providers", "reference", "references", "resourcegroup", "subscription", "tenant"}
    | {"tologicalzone", "tologicalzones", "tophysicalzone", "tophysicalzones", "utcnow"}
)
"""Functions whose value only a deployment has, beside those that begin with `list`."""

SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/{{resourceGroup}}"


def _split(values: tuple[Any, ...]) -> tuple[list[Any], str, list[Any]]:
    """What stands before the type, the type, the names."""
    index = [isinstance(value, str) and "/" in value for value in values].index(True)
    return list(values[:index]), values[index], list(values[index + 1 :])


def _below(scope: list[Any], kind: str, names: list[Any]) -> str | Unknown:
    namespace, *segments = kind.split("/")
    if len(segments) != len(names):
        raise ValueError(kind)
    parts = [*scope, f"/providers/{namespace}"]
    for segment, name in zip(segments, names, strict=True):
        parts += [f"/{segment}/", name]
    return joined(parts)


def _resource_id(*values: Any) -> str | Unknown:
    before, kind, names = _split(values)
    scopes: list[list[Any]] = [
        [GROUP],
        [f"{SUBSCRIPTION}/resourceGroups/", *before],
        ["/subscriptions/", *before[:1], "/resourceGroups/", *before[1:]],
    ]
    return _below(scopes[len(before)], kind, names)


def _subscription_resource_id(*values: Any) -> str | Unknown:
    before, kind, names = _split(values)
    return _below(["/subscriptions/", *before] if before else [SUBSCRIPTION], kind, names)


def _management_group_resource_id(*values: Any) -> str | Unknown:
    before, kind, names = _split(values)
    group = before or ["{managementGroup}"]
    return _below(["/providers/Microsoft.Management/managementGroups/", *group], kind, names)


def _extension_resource_id(scope: Any, kind: Any, *names: Any) -> str | Unknown:
    return _below([scope], kind, list(names))


FUNCTIONS: Mapping[str, Function] = {
    "resourceId": lenient(_resource_id),
    "subscriptionResourceId": lenient(_subscription_resource_id),
    "tenantResourceId": lenient(lambda kind, *names: _below([], kind, list(names))),
    "managementGroupResourceId": lenient(_management_group_resource_id),
    "extensionResourceId": lenient(_extension_resource_id),
}
