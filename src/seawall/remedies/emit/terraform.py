"""A design as Terraform for azurerm 4 or 5, and azapi for what azurerm cannot set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from seawall.model import Cluster, Pool, is_known, known
from seawall.model.paths import GROUPS, get, put
from seawall.remedies.design import API, KUBELET, NODES, Design
from seawall.remedies.emit import terraform_around
from seawall.remedies.emit.bicep import VERSION, merge
from seawall.remedies.emit.comments import header
from seawall.remedies.emit.hcl import Map, Raw, block
from seawall.sources.clusters.arm_body import to_arm
from seawall.sources.clusters.field import AS_ABSENT, Field, Kind
from seawall.sources.clusters.fields import FIELDS

VERSIONS: Mapping[int, str] = {4: "~> 4.68", 5: "~> 5.2"}
"""From 4.68 on azurerm changes Cilium, overlay and the OIDC issuer in place."""

REFERENCES: Mapping[str, Raw] = {
    NODES: Raw("azurerm_subnet.nodes.id"),
    API: Raw("azurerm_subnet.api.id"),
    KUBELET: Raw("azurerm_user_assigned_identity.kubelet.id"),
    "system": Raw('"System"'),
}

_CLUSTER: Final = Raw("azurerm_kubernetes_cluster.this.id")
_LATER = (
    "What azurerm cannot set is set by azapi right after: secure boot and SSH reimage the new nodes once. "
    "Give ARM_SUBSCRIPTION_ID to both providers."
)


def terraform(design: Design, azurerm: int) -> dict[str, str]:
    """File name -> text. `azurerm` is 4 or 5."""
    parts = [
        header(design, "#", [_LATER]),
        block("terraform", {"required_providers": _providers(azurerm)}),
        block('provider "azurerm"', {"features": {}}),
        block('provider "azapi"', {}),
        *terraform_around.variables(design),
        *(_resource(*each) for each in terraform_around.before(design)),
        _resource("azurerm_kubernetes_cluster", "this", _cluster(design)),
        *(_resource("azurerm_kubernetes_cluster_node_pool", pool.name, _pool(design, pool)) for pool in _rest(design)),
        *(_resource("azapi_update_resource", *each) for each in _updates(design)),
        *(_resource(*each) for each in terraform_around.after(design)),
    ]
    return {"main.tf": "\n".join(parts)}


def _providers(azurerm: int) -> dict[str, Any]:
    return {
        "azurerm": Map(source="hashicorp/azurerm", version=VERSIONS[azurerm]),
        "azapi": Map(source="Azure/azapi", version="~> 2.4"),
    }


def _resource(kind: str, name: str, body: dict[str, Any]) -> str:
    return block(f'resource "{kind}" "{name}"', body)


def _rest(design: Design) -> tuple[Pool, ...]:
    return known(design.cluster.pools)[1:]


def _cluster(design: Design) -> dict[str, Any]:
    """The attributes that the table names, and what azurerm wants beside the settings."""
    cluster = design.cluster
    body: dict[str, Any] = {
        "name": cluster.name,
        "location": Raw("azurerm_resource_group.this.location"),
        "resource_group_name": Raw("azurerm_resource_group.this.name"),
        "tags": Map(cluster.tags),
    }
    for field in FIELDS:
        if field.group in GROUPS and field.terraform and not field.resource:
            _put(body, field, get(cluster, field.path))
    first = known(cluster.pools)[0]
    body["default_node_pool"] = {"temporary_name_for_rotation": "systemtmp", **_pool(design, first, first=True)}
    merge(body, terraform_around.beside(design))
    return body


def _pool(design: Design, pool: Pool, *, first: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = {"name": pool.name, "vm_size": design.size.vm_size}
    if not first:
        body["kubernetes_cluster_id"] = _CLUSTER
    for field in FIELDS:
        only = first if field.terraform.startswith("default_node_pool.") else not first
        either = field.name not in ("mode", "os_type", "taints", "type")
        if field.group == "pool" and field.terraform and (only or either):
            _put(body, field, getattr(pool, field.name))
    if first and pool.taints:
        body["only_critical_addons_enabled"] = True  # azurerm has no taints for the first pool, but this one
    if is_known(pool.auto_scaling) and pool.auto_scaling:
        body |= {"min_count": design.size.least, "max_count": design.size.most}
        body.pop("node_count")
    body["upgrade_settings"] = {"max_surge": "33%"}
    return body


def _put(body: dict[str, Any], field: Field, value: Any) -> None:
    """Write a setting that azurerm would not choose by itself."""
    absent = field.absent if field.terraform_absent is AS_ABSENT else field.terraform_absent
    if not is_known(value) or value == () or (not value and value == absent):
        return
    kind = field.terraform_kind or field.kind
    if kind is Kind.PRESENT and not value:
        return
    *way, last = field.terraform.removeprefix("default_node_pool.").split(".")
    for name in way:
        body = body.setdefault(name, {})
    body[last] = {} if kind is Kind.PRESENT else _written(field, value)


def _written(field: Field, value: Any) -> Any:
    back = {ours: theirs for theirs, ours in field.terraform_values.items() if type(theirs) is bool}
    if value is None:
        return field.none
    if isinstance(value, str) and value in REFERENCES:
        return REFERENCES[value]
    return list(value) if isinstance(value, tuple) else back.get(value, value)


def _updates(design: Design) -> Iterator[tuple[str, dict[str, Any]]]:
    """What azurerm has no attribute for, as the bodies that ARM takes."""
    kind = "Microsoft.ContainerService/managedClusters"
    body = to_arm(_lacking(design.cluster))["properties"]
    yield "cluster", {"type": f"{kind}@{VERSION}", "resource_id": _CLUSTER, "body": Map(properties=body)}
    before = "azapi_update_resource.cluster"
    for pool in known(design.cluster.pools):
        (profile,) = to_arm(Cluster(name="", pools=(_lacking_pool(pool),)))["properties"]["agentPoolProfiles"]
        profile.pop("name")
        link = Raw(f'"${{azurerm_kubernetes_cluster.this.id}}/agentPools/{pool.name}"')
        others = "" if pool.name == "system" else f", azurerm_kubernetes_cluster_node_pool.{pool.name}"
        yield (
            pool.name,
            {
                "type": f"{kind}/agentPools@{VERSION}",
                "resource_id": link,
                "body": Map(properties=profile),
                "depends_on": Raw(f"[{before}{others}]"),
            },
        )
        before = f"azapi_update_resource.{pool.name}"


def _lacking(cluster: Cluster) -> Cluster:
    """The cluster with nothing but what azurerm cannot set."""
    paths = [field.path for field in FIELDS if field.group in GROUPS and not field.terraform]
    return put(Cluster(name=""), {path: get(cluster, path) for path in paths})


def _lacking_pool(pool: Pool) -> Pool:
    names = [field.name for field in FIELDS if field.group == "pool" and not field.terraform]
    return Pool(name="", **{name: getattr(pool, name) for name in names})
