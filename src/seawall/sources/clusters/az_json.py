"""Managed clusters as Azure answers them, in JSON: one file in, clusters out, and what could not be read.

A property that is absent means what its row of the table says; a value of the wrong type is unknown, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from seawall.model import UNKNOWN, Cluster, Location, NotAssessed, Pool
from seawall.model.paths import GROUPS
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.attached import read_attached
from seawall.sources.clusters.documents import CLUSTER, Pointer, Resource, Skipped, children, find
from seawall.sources.clusters.lines import FileLines, Lines, places
from seawall.sources.clusters.plan import POOL, cluster_plan, pool_plan
from seawall.sources.clusters.values import pick, puzzled, text

_GROUP_TYPES: dict[str, Any] = {group: type(getattr(Cluster(name=""), group)) for group in GROUPS}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one file holds, in its order, and what in it was not read. Never both empty."""

    clusters: tuple[Cluster, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


def recognises(value: object, limits: Limits = DEFAULT) -> bool:
    """True if the decoded JSON holds a managed cluster, something that belongs to one, or a template of one."""
    return next(find(value, limits), None) is not None


def read(data: bytes, *, file: str, limits: Limits = DEFAULT) -> Reading:
    """The clusters in `data`; `file` is how the user named it.

    Raises Malformed for what is no JSON, LimitExceeded for what is too large or too deep.
    """
    reading = _File(FileLines(data, file, limits), file)
    clusters = reading.read(json.load(data, where=file, limits=limits), limits)
    lines = json.lines(data, {note.pointer for note in reading.notes}) if reading.notes else {}
    notes = (
        NotAssessed(what=note.what, where=str(Location(file=file, line=lines.get(note.pointer, 0))), why=note.why)
        for note in reading.notes
    )
    return Reading(clusters=clusters, not_assessed=tuple(notes))


class _File:
    """One file being read: collects the notes on what was not."""

    def __init__(self, lines: FileLines, file: str) -> None:
        self._file = file
        self._lines = lines
        self.notes: list[Skipped] = []

    def read(self, document: object, limits: Limits) -> tuple[Cluster, ...]:
        found = list(find(document, limits))
        clusters = self._latest(item for item in found if isinstance(item, Resource) and item.kind == CLUSTER)
        attached: dict[str, list[Resource]] = {cluster.owner: [] for cluster in clusters}
        for item in found:
            if isinstance(item, Skipped):
                self.notes.append(item)
            elif item.kind != CLUSTER:
                self._attach(item, attached)
        if not found:
            self._note("file", (), "no managed cluster was found in it")
        return tuple(self._cluster(cluster, attached[cluster.owner]) for cluster in clusters)

    def _attach(self, item: Resource, attached: dict[str, list[Resource]]) -> None:
        if item.owner in attached:
            attached[item.owner].append(item)
        else:
            kind = item.kind.rpartition("/")[2]
            self._note(f"{kind} {item.name}", item.pointer, "the cluster that it belongs to is not in this file")

    def _latest(self, clusters: Iterable[Resource]) -> list[Resource]:
        """Each cluster once: a recording holds many answers about one, of which the last is true."""
        by_id: dict[object, Resource] = {}
        for index, cluster in enumerate(clusters):
            key = cluster.id.lower() or index
            if earlier := by_id.pop(key, None):
                self._note(f"cluster {cluster.name}", earlier.pointer, "the file describes it again, further down")
            by_id[key] = cluster
        return list(by_id.values())

    def _cluster(self, resource: Resource, elsewhere: Iterable[Resource]) -> Cluster:
        attached = [*children(resource), *elsewhere]
        values, wrong = cluster_plan().read(resource.body, flat=resource.flat)
        for field, value in read_attached(attached):
            values[field.group][field.name] = value
        cluster = Cluster(
            name=resource.name or "(no name)",
            resource_group=_resource_group(resource),
            id=resource.id,
            region=text(resource.body, "location"),
            tags=_tags(resource.body),
            file=self._file,
            lines=Lines(self._lines, resource.pointer),
            pools=self._pools(resource, attached, wrong),
            **{group: made(**values[group]) for group, made in _GROUP_TYPES.items()},
        )
        where = dict(places(resource)) if wrong else {}
        for path, reason in wrong:
            self._note(f"{path} of cluster {cluster.name}", where.get(path, resource.pointer), reason)
        return cluster

    def _pools(self, resource: Resource, attached: list[Resource], wrong: list[tuple[str, str]]) -> Any:
        profiles = pick(resource.properties, "agentPoolProfiles")
        own = [item for item in attached if item.kind.endswith("/agentpools")]
        if profiles is None and not own:
            return UNKNOWN
        if not isinstance(profiles, list | None):
            answer = puzzled("a list of node pools", profiles)
            wrong.append(("pools", answer.reason))
            return answer
        pools = list(self._profiles(profiles or [], wrong))
        named = {pool.name for pool in pools}
        for item in own:
            if item.name not in named:
                # az writes the resource's type where ARM has the pool's
                body = {key: value for key, value in item.body.items() if key.lower() != "type"}
                pools.append(_pool(item.name, body, wrong, flat=item.flat))
        return tuple(pools)

    def _profiles(self, profiles: list[Any], wrong: list[tuple[str, str]]) -> Iterator[Pool]:
        for index, profile in enumerate(profiles):
            if isinstance(profile, dict):
                yield _pool(text(profile, "name") or f"#{index + 1}", profile, wrong, flat=True)
            else:
                wrong.append(("pools", puzzled(f"an object for pool #{index + 1}", profile).reason))

    def _note(self, what: str, pointer: Pointer, why: str) -> None:
        self.notes.append(Skipped(pointer=pointer, what=what, why=why))


def _pool(name: str, body: dict[str, Any], wrong: list[tuple[str, str]], *, flat: bool) -> Pool:
    values, puzzles = pool_plan().read(body, flat=flat)
    wrong.extend((path.replace("pool.", f"pools[{name}].", 1), reason) for path, reason in puzzles)
    return Pool(name=name, **values[POOL])  # type: ignore[arg-type] # the table's readers give each setting its type


def _resource_group(resource: Resource) -> str:
    after = resource.id.lower().partition("/resourcegroups/")[2]
    if after:
        start = len(resource.id) - len(after)
        return resource.id[start:].partition("/")[0]
    return text(resource.body, "resourceGroup", "resourceGroupName")


def _tags(body: dict[str, Any]) -> dict[str, str]:
    tags = pick(body, "tags")
    return {key: str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}
