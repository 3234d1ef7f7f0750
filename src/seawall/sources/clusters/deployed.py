"""What a template would create, whatever language it is written in, and the one way from there to clusters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.model import Cluster, Location, NotAssessed, Unknown
from seawall.sources.clusters.assemble import assemble
from seawall.sources.clusters.attached import ACR_PULL
from seawall.sources.clusters.documents import ATTACHED, CLUSTER, Pointer, Resource
from seawall.sources.clusters.lines import places, pool_places
from seawall.sources.clusters.reading import NO_CLUSTER, Reading
from seawall.sources.clusters.unknown_text import segments, shown
from seawall.sources.clusters.values import pick


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """A resource as the template would create it; any value in it may be `Unknown` with the reason.

    `kind` is its type in lower case, `name` the full one (`cluster/pool` of a child). `body` is what a GET answers:
    name, location, identity, sku, tags, properties, without child resources. `lines` maps a path in the body to the
    line of `file`, from 1, that sets it; `()` is the resource. `condition` is set where it is unknown whether it is
    deployed. `parent` is the name or id of the resource that a child belongs to, where its own name does not tell;
    `scope` that of the resource that an extension (diagnostic setting, role assignment) is about.
    """

    kind: str
    name: str | Unknown
    body: dict[str, Any]
    file: str
    lines: Mapping[Pointer, int] = {}
    api_version: str = ""
    condition: Unknown | None = None
    parent: str | Unknown = ""
    scope: str | Unknown = ""

    @property
    def label(self) -> str:
        """`cluster prod`, for people."""
        kind = "cluster" if self.kind == CLUSTER else self.kind.rpartition("/")[2]
        return f"{kind} {shown(self.name)}"

    @property
    def line(self) -> int:
        """The line of the resource, 0 where none is known."""
        return self.lines.get((), 0)


def is_of_cluster(kind: str) -> bool:
    """True for a cluster and for the kinds that may belong to one; a reader may pass over all others."""
    if kind.startswith(CLUSTER):
        return kind == CLUSTER or kind.rpartition("/")[2] in ATTACHED
    provider, _, last = kind.partition("/")
    return last in ATTACHED and provider.startswith("microsoft.")


def clusters(deployed: Sequence[Deployed], not_assessed: Sequence[NotAssessed] = (), *, file: str) -> Reading:
    """The clusters among `deployed` with what belongs to them, and notes on what is not known; `file` was asked for.

    Other resources are passed over. Names that two clusters share are told apart by a number.
    """
    notes = [*not_assessed]
    found = [item for item in deployed if item.kind == CLUSTER]
    belonging: dict[str, list[Deployed]] = {_key(cluster.name): [] for cluster in found}
    for item in deployed:
        if item.kind != CLUSTER and is_of_cluster(item.kind):
            if (owner := _owner(item)) in belonging:
                belonging[owner].append(item)
            else:
                notes += _homeless(item, owner)
    read = []
    for cluster in found:
        one, unclear = _cluster(cluster, belonging[_key(cluster.name)])
        read.append(one)
        notes += unclear
    if not read and not notes:
        notes.append(NotAssessed(what="file", where=file, why=NO_CLUSTER))
    return Reading(clusters=tuple(_told_apart(read)), not_assessed=tuple(notes))


def _key(name: str | Unknown) -> str:
    return shown(name).lower()


def _owner(item: Deployed) -> str:
    """The name, in lower case, of the cluster that the resource may belong to; "" where nothing tells."""
    about: Any = item.scope
    if item.kind.endswith("/roleassignments"):
        if ACR_PULL not in shown(pick(_properties(item), "roleDefinitionId")):
            return ""
        about = pick(_properties(item), "principalId")
    place = shown(item.parent) if about is None or about == "" else shown(about)
    if not place:
        return segments(_key(item.name))[0]
    _, found, rest = place.lower().partition("/managedclusters/")
    return _first_name(rest) if found else place.lower()


def _first_name(text: str) -> str:
    """The name that an id goes on with; what is in its braces belongs to it, be it a slash or a dot."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth < 0 or (depth == 0 and character in "/."):
            return text[:index]
    return text


def _homeless(item: Deployed, owner: str) -> Iterator[NotAssessed]:
    """A word on what may say something about a cluster and cannot be put to one."""
    where = str(Location(file=item.file, line=item.line))
    if item.kind.startswith(CLUSTER):
        why = f"the cluster that it belongs to, {owner or 'unnamed'}, is not in this template"
        yield NotAssessed(what=item.label, where=where, why=why)
    elif isinstance(item.scope, Unknown) and "/providers/" not in shown(item.scope):
        why = f"it is not known which resource it belongs to: {item.scope.reason}"
        yield NotAssessed(what=item.label, where=where, why=why)


def _properties(item: Deployed) -> dict[str, Any]:
    held = pick(item.body, "properties")
    return held if isinstance(held, dict) else {}


def _cluster(deployed: Deployed, belonging: Sequence[Deployed]) -> tuple[Cluster, list[NotAssessed]]:
    resource = _resource(deployed)
    lines = _Lines(deployed, resource, [item for item in belonging if item.kind.endswith("/agentpools")])
    cluster, wrong = assemble(
        resource,
        [_resource(item) for item in belonging],
        file=deployed.file,
        lines=lines,
        created_by=deployed.api_version,
    )
    together: dict[tuple[int, str], list[str]] = {}
    for path, reason in wrong:
        together.setdefault((lines.get(path, deployed.line), reason), []).append(path)
    notes = [
        NotAssessed(
            what=f"{', '.join(paths)} of {deployed.label}", where=str(Location(file=deployed.file, line=line)), why=why
        )
        for (line, why), paths in together.items()
    ]
    for item in (deployed, *belonging):
        if item.condition is not None:
            why = f"{item.condition.reason}; it is read as if it were"
            where = str(Location(file=item.file, line=item.line))
            notes.append(NotAssessed(what=f"whether {item.label} is deployed", where=where, why=why))
    return cluster, notes


def _resource(item: Deployed) -> Resource:
    own = segments(shown(item.name))[-1]
    body = {**item.body, "name": item.name if "{" in own else own}
    return Resource(pointer=(), kind=item.kind, body=body, perhaps=item.condition, template=own or "(no name)")


class _Lines(Mapping[str, int]):
    """The lines of one cluster by the model's path, worked out when they are first looked at.

    A pool that stands in another file than its cluster has none.
    """

    def __init__(self, cluster: Deployed, resource: Resource, pools: Sequence[Deployed]) -> None:
        self._cluster = cluster
        self._resource = resource
        self._pools = pools
        self._found: dict[str, int] | None = None

    def __getitem__(self, path: str) -> int:
        return self._all()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, int]:
        if self._found is None:
            found = {path: _nearest(self._cluster, pointer) for path, pointer in places(self._resource)}
            for pool in self._pools:
                if pool.file == self._cluster.file:
                    name = f"pools[{segments(shown(pool.name))[-1]}]"
                    for path, pointer in pool_places(name, _properties(pool), ("properties",), False):
                        found[path] = _nearest(pool, pointer)
            self._found = {path: line for path, line in found.items() if line}
        return self._found


def _nearest(item: Deployed, pointer: Pointer) -> int:
    """The line of the value, or of the nearest thing around it that has one."""
    while pointer and not item.lines.get(pointer):
        pointer = pointer[:-1]
    return item.lines.get(pointer, 0)


def _told_apart(read: Sequence[Cluster]) -> Iterator[Cluster]:
    seen: Counter[str] = Counter()
    for cluster in read:
        seen[cluster.name] += 1
        count = seen[cluster.name]
        yield cluster if count == 1 else msgspec.structs.replace(cluster, name=f"{cluster.name}#{count}")
