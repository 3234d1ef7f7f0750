"""Where each setting stands in its file, worked out once for the whole file and only if someone asks."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from seawall.model.paths import GROUPS
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.clusters.documents import CLUSTER, Pointer, Resource, children, find
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.plan import POOL
from seawall.sources.clusters.values import pick, pool_name


class FileLines:
    """The lines of every cluster of one file, by the cluster's pointer. A scan of 10 MB takes two seconds."""

    def __init__(self, data: bytes, file: str, limits: Limits) -> None:
        self._data = data
        self._file = file
        self._limits = limits
        self._by_cluster: dict[Pointer, dict[str, int]] | None = None

    def of(self, cluster: Pointer) -> Mapping[str, int]:
        """The lines of one cluster, by the model's path."""
        if self._by_cluster is None:
            self._by_cluster = self._scan()
            self._data = b""
        return self._by_cluster.get(cluster, {})

    def _scan(self) -> dict[Pointer, dict[str, int]]:
        document = json.load(self._data, where=self._file, limits=self._limits)
        found = {
            item.pointer: dict(places(item))
            for item in find(document, self._limits)
            if isinstance(item, Resource) and item.kind == CLUSTER
        }
        lines = json.lines(self._data, {pointer for paths in found.values() for pointer in paths.values()})
        return {
            cluster: {path: lines[pointer] for path, pointer in paths.items() if pointer in lines}
            for cluster, paths in found.items()
        }


class Lines(Mapping[str, int]):
    """The lines of one cluster: a mapping that scans its file when it is first looked at.

    It holds every setting's path; not those of a pool that stands outside its cluster in the file.
    """

    def __init__(self, file: FileLines, cluster: Pointer) -> None:
        self._file = file
        self._cluster = cluster

    def __getitem__(self, path: str) -> int:
        return self._file.of(self._cluster)[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._file.of(self._cluster))

    def __len__(self) -> int:
        return len(self._file.of(self._cluster))


class _Ways:
    """The ways into one JSON object, each step of which is found once, however a document spells it."""

    def __init__(self, node: Any) -> None:
        self._ways: dict[str, tuple[Pointer, Any]] = {"": ((), node)}
        self._keys: dict[str, dict[str, str]] = {}

    def deepest(self, paths: tuple[str, ...]) -> Pointer:
        """The keys of the path that goes deepest."""
        if len(paths) == 1:  # as nearly always
            return self._to(paths[0])[0]
        return max((self._to(path)[0] for path in paths), key=len, default=())

    def _to(self, path: str) -> tuple[Pointer, Any]:
        """As far as the document goes on that path, and what is there; None where it goes less far."""
        if (way := self._ways.get(path)) is None:
            above, _, name = path.rpartition(".")
            pointer, node = self._ways.get(above) or self._to(above)
            key = self._key(above, node, name) if isinstance(node, dict) else None
            way = self._ways[path] = (pointer, None) if key is None else ((*pointer, key), node[key])
        return way

    def _key(self, above: str, node: dict[str, Any], name: str) -> str | None:
        if name in node:
            return name
        if (keys := self._keys.get(above)) is None:
            keys = self._keys[above] = {key.lower(): key for key in reversed(node)}
        return keys.get(name.lower())


@functools.cache
def _rows(flat: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each setting of a cluster with its paths in the document; none where it is in a resource of its own."""
    return tuple(
        (
            field.path,
            () if field.resource else tuple(path.removeprefix("properties.") if flat else path for path in field.arm),
        )
        for field in FIELDS
        if field.group in GROUPS
    )


@functools.cache
def _pool_rows() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((field.name, field.arm) for field in FIELDS if field.group == POOL)


def places(cluster: Resource) -> Iterator[tuple[str, Pointer]]:
    """Each setting's path with the pointer of its property, or of the nearest object around it that is there."""
    yield "", cluster.pointer
    ways = _Ways(cluster.body)
    for path, arm in _rows(cluster.flat):
        yield path, (*cluster.pointer, *(() if cluster.opaque else ways.deepest(arm)))
    pools = "agentPoolProfiles" if cluster.flat else "properties.agentPoolProfiles"
    start = cluster.pointer if cluster.opaque else (*cluster.pointer, *ways.deepest((pools,)))
    yield "pools", start
    yield from _pools_places(cluster, start)


def _pools_places(cluster: Resource, start: Pointer) -> Iterator[tuple[str, Pointer]]:
    pools = pick(cluster.properties, "agentPoolProfiles")
    for index, pool in enumerate(pools if isinstance(pools, list) else ()):
        name = f"pools[{pool_name(pool, index)}]"
        yield from pool_places(name, pool, start if cluster.opaque else (*start, index), cluster.opaque)
    for child in children(cluster):
        if child.kind.endswith("agentpools"):
            yield from pool_places(f"pools[{child.name}]", child.properties, child.pointer, True)


def pool_places(name: str, properties: Any, start: Pointer, opaque: bool) -> Iterator[tuple[str, Pointer]]:
    """The same for one node pool, whose path is `name` and whose properties lie at `start`."""
    yield name, start
    ways = _Ways(properties)
    for path, arm in _pool_rows():
        yield f"{name}.{path}", start if opaque else (*start, *ways.deepest(arm))
