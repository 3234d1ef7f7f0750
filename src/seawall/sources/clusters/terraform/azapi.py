"""Resources of azapi: their bodies are ARM's, so that they are read as what a template would create."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.errors import InputError
from seawall.model import Cluster, Location, NotAssessed, Unknown, is_known
from seawall.model.paths import GROUPS, put
from seawall.safe import json
from seawall.sources.clusters.deployed import Deployed, is_of_cluster
from seawall.sources.clusters.deployed import clusters as clusters_of
from seawall.sources.clusters.documents import CLUSTER
from seawall.sources.clusters.field import Field
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.plan import POOL
from seawall.sources.clusters.terraform.azurerm import Made, log_categories
from seawall.sources.clusters.terraform.resource import AZAPI, AZAPI_UPDATE, DIAGNOSTIC, Path, Resource
from seawall.sources.clusters.terraform.values import Encoded, Pending
from seawall.sources.clusters.unknown_text import shown
from seawall.sources.clusters.values import pick, reader

_TOP = ("location", "tags", "identity")


def clusters(resources: Sequence[Resource]) -> tuple[list[Made], list[NotAssessed]]:
    """The clusters that azapi makes, and what was not understood."""
    notes: list[NotAssessed] = []
    made: list[Made] = []
    ours = [resource for resource in resources if resource.kind == AZAPI and is_of_cluster(_kind(resource))]
    whole = [resource for resource in ours if _kind(resource) == CLUSTER]
    addresses = {resource.address for resource in whole}
    rest = [resource for resource in ours if _kind(resource) != CLUSTER]
    for cluster in whole:
        belonging = [_deployed(child, cluster) for child in rest if _target(child) == cluster.address]
        logs = [
            _logs(item, cluster) for item in resources if item.kind == DIAGNOSTIC and _target(item) == cluster.address
        ]
        reading = clusters_of([_deployed(cluster, None), *belonging, *logs], file=cluster.file)
        made += [Made(address=cluster.address, cluster=each) for each in reading.clusters]
        notes += reading.not_assessed
    for child in rest:
        if _target(child) not in addresses:
            where = str(Location(file=child.file, line=child.line))
            notes.append(NotAssessed(what=child.address, where=where, why="the cluster that it belongs to is not read"))
    return made, notes


def updated(made: Sequence[Made], resources: Sequence[Resource]) -> Iterator[Made]:
    """The clusters with what `azapi_update_resource` changes in them after they are made."""
    for each in made:
        cluster = each.cluster
        for update in _updates(resources):
            if _changes(update, each):
                cluster = _changed(cluster, update)
        yield msgspec.structs.replace(each, cluster=cluster)


def unlinked(made: Sequence[Made], resources: Sequence[Resource]) -> Iterator[NotAssessed]:
    """Updates of which nothing tells the cluster: of one that is not read."""
    for update in _updates(resources):
        if not any(_changes(update, each) for each in made):
            where = str(Location(file=update.file, line=update.line))
            yield NotAssessed(what=update.address, where=where, why="the cluster that it changes is not read")


def _changes(update: Resource, made: Made) -> bool:
    """Whether it is linked to the cluster, by reference or, as plans have it, by the cluster's id in plain text."""
    link, own = update.values.get("resource_id"), made.cluster.id.lower()
    if isinstance(link, str) and own:
        return f"{link.lower()}/".startswith(f"{own}/")
    return _target(update) == made.address


def _updates(resources: Sequence[Resource]) -> list[Resource]:
    return [resource for resource in resources if resource.kind == AZAPI_UPDATE and _kind(resource).startswith(CLUSTER)]


def _kind(resource: Resource) -> str:
    return shown(resource.values.get("type")).partition("@")[0].lower()


def _target(resource: Resource) -> str:
    """The address of the resource that it belongs to or changes."""
    for name in ("resource_id", "parent_id", "target_resource_id"):
        link = resource.values.get(name)
        if isinstance(link, Pending):
            return link.address
    return ""


def _body(resource: Resource) -> Any:
    body = resource.values.get("body")
    if isinstance(body, Encoded):
        return body.value
    if isinstance(body, str):
        try:
            return json.load(body.encode(), where=resource.address)
        except InputError as error:
            return Unknown(error.message)
    return body


def _deployed(resource: Resource, owner: Resource | None) -> Deployed:
    body = _body(resource)
    top = {name: value for name in _TOP if (value := _top(resource, name)) is not None}
    name = _name(resource) if owner is None else f"{_name(owner)}/{_name(resource)}"
    return Deployed(
        kind=_kind(resource),
        name=name,
        body={**top, **(body if isinstance(body, dict) else {"properties": body or {}})},
        file=resource.file,
        lines=_lines(resource),
        api_version=shown(resource.values.get("type")).partition("@")[2].partition("{")[0],
        condition=resource.condition,
        parent=_name(owner) if owner else "",
        scope=_name(owner) if owner else "",
    )


def _top(resource: Resource, name: str) -> Any:
    value = resource.values.get(name)
    return value[0] if name == "identity" and isinstance(value, list) and value else value


def _name(resource: Resource) -> str:
    name = resource.values.get("name")
    return name if isinstance(name, str) and name else resource.address.replace("/", "-")


def _lines(resource: Resource) -> Mapping[Path, int]:
    """Lines by the path in the body; what lies beside the body keeps its own."""
    found = {path[1:]: line for path, line in resource.lines.items() if path[:1] == ("body",)}
    beside = {path: line for path, line in resource.lines.items() if path[:1] != ("body",)}
    identity = {("identity", *path[2:]): line for path, line in beside.items() if path[:2] == ("identity", 0)}
    return {**found, **beside, **identity}


def _logs(setting: Resource, owner: Resource) -> Deployed:
    """A diagnostic setting of azurerm, as ARM has it."""
    logs = [{"category": category, "enabled": True} for category in log_categories(setting)]
    return Deployed(
        kind="microsoft.insights/diagnosticsettings",
        name="diagnostics",
        body={"properties": {"logs": logs}},
        file=setting.file,
        lines={(): setting.line},
        condition=setting.condition,
        scope=_name(owner),
    )


def _changed(cluster: Cluster, update: Resource) -> Cluster:
    """The cluster after the update; unknown where it is unknown whether it takes place."""
    body = _body(update)
    if _kind(update) == CLUSTER:
        sets = _sets([field for field in FIELDS if field.group in GROUPS and not field.resource], body, update, "")
        return put(cluster, sets) if sets else cluster
    if not is_known(cluster.pools):
        return cluster
    link = update.values.get("resource_id")
    text = link.path if isinstance(link, Pending) else link if isinstance(link, str) else ""
    name = text.rpartition("/agentPools/")[2]
    sets = _sets([field for field in FIELDS if field.group == POOL], body, update, "properties.")
    changes = {path.partition(".")[2]: value for path, value in sets.items()}
    pools = (msgspec.structs.replace(pool, **changes) if pool.name == name else pool for pool in cluster.pools)
    return msgspec.structs.replace(cluster, pools=tuple(pools))


def _sets(fields: Sequence[Field], body: Any, update: Resource, start: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        for path in field.arm:
            value = body
            for step in f"{start}{path}".split("."):
                value = value if isinstance(value, Unknown) else pick(value, step)
            if value is not None:
                found[field.path] = reader(field)(value) if update.condition is None else update.condition
                break
    return found
