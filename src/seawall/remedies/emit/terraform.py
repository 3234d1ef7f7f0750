"""A design as Terraform for azurerm 4 or 5, and azapi for what azurerm cannot set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from seawall.model import Cluster, Pool, is_known, known
from seawall.model.paths import GROUPS, get, put
from seawall.remedies.design import API, KUBELET, NODES, Design
from seawall.remedies.emit import terraform_around
from seawall.remedies.emit.bicep import VERSION, merge, pruned
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
LATER: Final = (
    "What azurerm cannot set is set by azapi right after: secure boot and SSH reimage the new nodes once. "
    "Give ARM_SUBSCRIPTION_ID to both providers."
)


def terraform(design: Design, azurerm: int) -> dict[str, str]:
    """File name -> text. `azurerm` is 4 or 5."""
    _, *others = known(design.cluster.pools)
    parts = [
        header(design, "#", [LATER]),
        *providers(azurerm),
        *terraform_around.variables(design),
        *(resource(*each) for each in terraform_around.before(design)),
        resource("azurerm_kubernetes_cluster", "this", _cluster(design)),
        *(resource("azurerm_kubernetes_cluster_node_pool", pool.name, _pool(design, pool)) for pool in others),
        *(resource("azapi_update_resource", *each) for each in updates(design.cluster)),
        *(resource(*each) for each in terraform_around.after(design)),
    ]
    return {"main.tf": "\n".join(parts)}


def providers(azurerm: int) -> Iterator[str]:
    """The providers in the version of azurerm that is asked for, 4 or 5."""
    versions = {
        "azurerm": Map(source="hashicorp/azurerm", version=VERSIONS[azurerm]),
        "azapi": Map(source="Azure/azapi", version="~> 2.4"),
    }
    yield block("terraform", {"required_providers": versions})
    yield block('provider "azurerm"', {"features": {}})
    yield block('provider "azapi"', {})


def resource(kind: str, name: str, body: dict[str, Any]) -> str:
    """A block of `resource`."""
    return block(f'resource "{kind}" "{name}"', body)


def _cluster(design: Design) -> dict[str, Any]:
    """The attributes that the table names, and what azurerm wants beside the settings."""
    cluster = design.cluster
    body: dict[str, Any] = {
        "name": cluster.name,
        "location": Raw("azurerm_resource_group.this.location"),
        "resource_group_name": Raw("azurerm_resource_group.this.name"),
        "tags": Map(cluster.tags),
        **settings(cluster),
    }
    first = known(cluster.pools)[0]
    body["default_node_pool"] = {"temporary_name_for_rotation": "systemtmp", **_pool(design, first, first=True)}
    merge(body, terraform_around.beside(design))
    return body


def _pool(design: Design, pool: Pool, *, first: bool = False) -> dict[str, Any]:
    size = design.size
    return pool_body(pool, {"vm_size": size.vm_size}, {"min_count": size.least, "max_count": size.most}, first=first)


def settings(cluster: Cluster) -> dict[str, Any]:
    """The attributes of the cluster that the table names, without its pools."""
    body: dict[str, Any] = {}
    for field in FIELDS:
        if field.group in GROUPS and field.terraform and not field.resource:
            _put(body, field, get(cluster, field.path))
    return body


def pool_body(pool: Pool, size: Mapping[str, Any], bounds: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    """The attributes of a pool; `first`: the one in the cluster's own block. It scales within `bounds`, if at all."""
    body: dict[str, Any] = {"name": pool.name, **size}
    if not first:
        body["kubernetes_cluster_id"] = _CLUSTER
    for field in FIELDS:
        only = first if field.terraform.startswith("default_node_pool.") else not first
        either = field.name not in ("mode", "os_type", "taints", "type")
        if field.group == "pool" and field.terraform and (only or either):
            _put(body, field, getattr(pool, field.name))
    if first and is_known(pool.taints) and pool.taints:
        body["only_critical_addons_enabled"] = True  # azurerm has no taints for the first pool, but this one
    if is_known(pool.auto_scaling) and pool.auto_scaling:
        body.pop("node_count", None)
        body |= bounds
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
    body[last] = {} if kind is Kind.PRESENT else written(field, value)


def written(field: Field, value: Any) -> Any:
    """The value as azurerm writes it."""
    back = {ours: theirs for theirs, ours in field.terraform_values.items() if type(theirs) is bool}
    if value is None:
        return field.none
    if isinstance(value, str) and value in REFERENCES:
        return REFERENCES[value]
    return list(value) if isinstance(value, tuple) else back.get(value, value)


def updates(cluster: Cluster) -> Iterator[tuple[str, dict[str, Any]]]:
    """What azurerm has no attribute for, as the bodies that ARM takes."""
    kind = "Microsoft.ContainerService/managedClusters"
    body = pruned(to_arm(_lacking(cluster)).get("properties", {}))
    before = ""
    if body:
        yield "cluster", {"type": f"{kind}@{VERSION}", "resource_id": _CLUSTER, "body": Map(properties=body)}
        before = "azapi_update_resource.cluster"
    first = known(cluster.pools)[0].name
    for pool in known(cluster.pools):
        (profile,) = to_arm(Cluster(name="", pools=(_lacking_pool(pool),)))["properties"]["agentPoolProfiles"]
        profile = pruned({key: value for key, value in profile.items() if key != "name"})
        if not profile:
            continue
        link = Raw(f'"${{azurerm_kubernetes_cluster.this.id}}/agentPools/{pool.name}"')
        after = [before, "" if pool.name == first else f"azurerm_kubernetes_cluster_node_pool.{pool.name}"]
        yield (
            pool.name,
            {
                "type": f"{kind}/agentPools@{VERSION}",
                "resource_id": link,
                "body": Map(properties=profile),
                "depends_on": Raw(f"[{', '.join(filter(None, after))}]"),
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
