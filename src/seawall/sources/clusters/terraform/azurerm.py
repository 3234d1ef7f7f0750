"""Clusters out of the resources of azurerm, with the node pools and other resources that point to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.model import UNKNOWN, Cluster, Location, NotAssessed, Pool, Tool, Unknown
from seawall.model.paths import GROUPS
from seawall.sources.clusters.attached import ACR_PULL
from seawall.sources.clusters.fields import BY_PATH
from seawall.sources.clusters.plan import POOL as POOL_GROUP
from seawall.sources.clusters.terraform import attributes
from seawall.sources.clusters.terraform.attributes import Read
from seawall.sources.clusters.terraform.resource import CLUSTER, DIAGNOSTIC, POOL, ROLE, SAFEGUARD, Path, Resource
from seawall.sources.clusters.terraform.values import Later, Pending, text
from seawall.sources.clusters.values import reader

_GROUP_TYPES: dict[str, Any] = {group: type(getattr(Cluster(name=""), group)) for group in GROUPS}
_LINKS = {POOL: "kubernetes_cluster_id", DIAGNOSTIC: "target_resource_id", SAFEGUARD: "kubernetes_cluster_id"}


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster and the address of the resource that makes it."""

    address: str
    cluster: Cluster


def clusters(resources: Sequence[Resource]) -> tuple[list[Made], list[NotAssessed]]:
    """The clusters among `resources`, and what was not understood."""
    notes: list[NotAssessed] = []
    found = [resource for resource in resources if resource.kind == CLUSTER]
    belonging: dict[str, list[Resource]] = {cluster.address: [] for cluster in found}
    for resource in resources:
        if resource.kind in _LINKS or _is_pull(resource):
            owner = _owner(resource, found)
            if owner:
                belonging[owner].append(resource)
            elif resource.kind == POOL or (resource.kind != ROLE and _may_be_of_cluster(resource)):
                link = resource.values.get(_LINKS[resource.kind])
                why = f": {link.reason}" if isinstance(link, Unknown) else ""
                why = f"it cannot be told which cluster it belongs to{why}"
                notes.append(NotAssessed(what=resource.address, where=_where(resource), why=why))
    made = [_Assembly(cluster, belonging[cluster.address], notes).made() for cluster in found]
    return made, notes


def _where(resource: Resource) -> str:
    return str(Location(file=resource.file, line=resource.line))


def _is_pull(resource: Resource) -> bool:
    values = resource.values
    by_name = values.get("role_definition_name") == "AcrPull"
    return resource.kind == ROLE and (by_name or ACR_PULL in str(values.get("role_definition_id")))


def _owner(resource: Resource, found: Sequence[Resource]) -> str:
    """The address of the cluster that the resource points to; "" where none of those found is."""
    if resource.kind == ROLE:
        principal = resource.values.get("principal_id")
        if not isinstance(principal, Pending):
            return ""
        return next((cluster.address for cluster in found if _is_identity_of(principal, cluster)), "")
    link = resource.values.get(_LINKS[resource.kind])
    if isinstance(link, Pending):
        return next((cluster.address for cluster in found if cluster.address == link.address), "")
    if isinstance(link, str):
        return next((cluster.address for cluster in found if _has_id(cluster, link)), "")
    if isinstance(link, Later) and len(found) == 1 and isinstance(found[0].values.get("id"), Later):
        return found[0].address  # a link that is known only later leads to something that is made now
    return ""


def _is_identity_of(principal: Pending, cluster: Resource) -> bool:
    """True for the kubelet identity, be it one that AKS makes or one that the configuration names."""
    if principal.address == cluster.address:
        return ".kubelet_identity" in principal.path
    for block in _blocks(cluster.values.get("kubelet_identity")):
        for named in block.values():
            if isinstance(named, Pending) and named.address == principal.address:
                return True
    return False


def _has_id(cluster: Resource, link: str) -> bool:
    own, name = cluster.values.get("id"), cluster.values.get("name")
    if isinstance(own, str):
        return own.lower() == link.lower()
    return isinstance(name, str) and link.lower().endswith(f"/managedclusters/{name.lower()}")


def _may_be_of_cluster(resource: Resource) -> bool:
    """Diagnostic settings are of all kinds of resources: one of a cluster names it, or its log categories tell."""
    link = resource.values.get(_LINKS[resource.kind])
    if isinstance(link, Pending):
        return CLUSTER in link.address
    if isinstance(link, str):
        return "/managedclusters/" in link.lower()
    return any(str(category).startswith(("kube-", "guard")) for category in log_categories(resource))


class _Assembly:
    """One cluster being put together."""

    def __init__(self, resource: Resource, belonging: Sequence[Resource], notes: list[NotAssessed]) -> None:
        self._resource = resource
        self._belonging = belonging
        self._notes = notes
        self._lines: dict[str, int] = {}
        self._addresses: dict[str, str] = {"": resource.address}
        name = resource.values.get("name")
        self._name = name if isinstance(name, str) and name else resource.address

    def made(self) -> Made:
        values = self._resource.values
        majors = self._majors()
        read = attributes.of_cluster(values, majors, self._resource.broken)
        self._note_unless_made(self._resource)
        self._mark(read, self._resource, (), "")
        self._attached(read)
        cluster = Cluster(
            name=self._name,
            resource_group=_text(values.get("resource_group_name")),
            id=_text(values.get("id")),
            region=_text(values.get("location")).replace(" ", "").lower(),  # as azurerm does
            tags=_tags(values.get("tags")),
            file=self._resource.file,
            lines=self._lines,
            tool=Tool.TERRAFORM,
            tool_version=self._resource.version,
            addresses=self._addresses,
            pools=self._pools(majors),
            **{group: made(**read.values[group]) for group, made in _GROUP_TYPES.items()},
        )
        return Made(address=self._resource.address, cluster=cluster)

    def _majors(self) -> frozenset[int]:
        """The versions of azurerm that may make it: those allowed, of which the names in use leave some."""
        pools = _blocks(self._resource.values.get("default_node_pool"))
        pools += [resource.values for resource in self._belonging if resource.kind == POOL]
        names = [*self._resource.values, *(name for pool in pools for name in pool)]
        allowed = self._resource.majors or frozenset({3})
        return (allowed & attributes.majors_by_names(names)) or allowed

    def _pools(self, majors: frozenset[int]) -> Any:
        first = self._resource.values.get("default_node_pool")
        if isinstance(first, Unknown):
            self._wrong("pools", first.reason, self._resource, ("default_node_pool",))
            return first
        pools = []
        for at, block in enumerate(_blocks(first)):
            body = {"os_type": "Linux", **block, "mode": "System"}
            pools.append(self._pool(self._resource, body, ("default_node_pool", at), majors))
        for resource in self._belonging:
            if resource.kind == POOL:
                self._note_unless_made(resource)
                pools.append(self._pool(resource, resource.values, (), majors))
        if not pools and self._resource.broken is not None:
            return self._resource.broken
        return tuple(pools) if pools else UNKNOWN

    def _pool(self, resource: Resource, body: dict[str, Any], at: Path, majors: frozenset[int]) -> Pool:
        name = body.get("name")
        label = name if isinstance(name, str) and name else "default" if at else resource.address
        read = attributes.of_pool(body, majors, resource.broken)
        self._mark(read, resource, at, f"pools[{label}]")
        self._addresses[label] = resource.address
        return Pool(name=label, **read.values[POOL_GROUP])  # type: ignore[arg-type] # the table gives the types

    def _mark(self, read: Read, resource: Resource, start: Path, pool: str) -> None:
        """The lines of the settings, where they stand in the cluster's file, and notes on what was not understood."""
        if resource.file == self._resource.file:
            self._lines[pool] = _line(resource, start)
            for path, place in read.places.items():
                self._lines[path.replace("pool.", f"{pool}.", 1) if pool else path] = _line(resource, (*start, *place))
        for path, unknown in read.wrong:
            if not isinstance(
                unknown, Pending | Later
            ):  # what nobody can know before it is made is no fault of the file
                self._wrong(
                    path.replace("pool.", f"{pool}.", 1), unknown.reason, resource, (*start, *read.places[path])
                )

    def _wrong(self, path: str, reason: str, resource: Resource, place: Path) -> None:
        where = str(Location(file=resource.file, line=_line(resource, place)))
        self._notes.append(NotAssessed(what=f"{path} of cluster {self._name}", where=where, why=reason))

    def _note_unless_made(self, resource: Resource) -> None:
        if resource.condition is not None:
            why = f"{resource.condition.reason}; it is read as if it were"
            what = f"whether {resource.address} is made"
            self._notes.append(NotAssessed(what=what, where=_where(resource), why=why))

    def _attached(self, read: Read) -> None:
        """The settings that azurerm keeps in resources of their own, put into `read`."""
        by_kind: dict[str, list[Resource]] = {}
        for resource in self._belonging:
            if resource.kind != POOL:
                by_kind.setdefault(resource.kind, []).append(resource)
        logs, roles, safeguards = (by_kind.get(kind, []) for kind in (DIAGNOSTIC, ROLE, SAFEGUARD))
        found: dict[str, tuple[object, list[Resource]]] = {
            "protection.audit_logs": (_logs(logs), logs),
            "access.acr_pull": (True, roles),
            "protection.safeguards_level": (_level(safeguards, "level", "safeguards_level"), safeguards),
            "protection.pod_security_level": (
                _level(safeguards, "pod_security_standards_level", "pod_security_level"),
                safeguards,
            ),
        }
        for path, (value, sources) in found.items():
            field = BY_PATH[path]
            read.values[field.group][field.name] = _if_made(value, sources) if sources else field.absent
            if sources and sources[0].file == self._resource.file:
                self._lines[path] = sources[0].line


def _if_made(value: object, sources: Sequence[Resource]) -> object:
    unsure = [source.condition for source in sources if source.condition is not None]
    return value if len(unsure) < len(sources) else unsure[0]


def _logs(settings: Sequence[Resource]) -> object:
    categories = [category for setting in settings for category in log_categories(setting)]
    unknown = next((category for category in categories if isinstance(category, Unknown)), None)
    return tuple(sorted({str(category) for category in categories})) if unknown is None else unknown


def log_categories(setting: Resource) -> Iterator[object]:
    """What `enabled_log` names, and `log` did before azurerm 4 unless it was switched off."""
    for kind in ("enabled_log", "log"):
        held = setting.values.get(kind)
        if isinstance(held, Unknown):
            yield held
        for block in _blocks(held):
            if block.get("enabled") not in (False, "false"):
                yield from (block[name] for name in ("category", "category_group") if block.get(name) is not None)


def _level(safeguards: Sequence[Resource], name: str, setting: str) -> object:
    field = BY_PATH[f"protection.{setting}"]
    told = (resource.values.get(name) for resource in safeguards)
    value = next((value for value in told if value is not None), None)
    return field.absent if value is None else value if isinstance(value, Unknown) else reader(field)(value)


def _blocks(value: object) -> list[dict[str, Any]]:
    held: Iterable[object] = value if isinstance(value, list) else [value]
    return [block for block in held if isinstance(block, dict)]


def _line(resource: Resource, place: Path) -> int:
    """The line of the nearest thing around the place that has one."""
    while place and place not in resource.lines:
        place = place[:-1]
    return resource.lines.get(place, resource.line)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _tags(value: object) -> Mapping[str, str]:
    known = value.items() if isinstance(value, dict) else ()
    return {key: text(held) for key, held in known if isinstance(held, str | int | float)}
