"""Where each setting stands in its file, worked out once for the whole file and only if someone asks."""

from __future__ import annotations

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


def places(cluster: Resource) -> Iterator[tuple[str, Pointer]]:
    """Each setting's path with the pointer of its property, or of the nearest object around it that is there."""
    yield "", cluster.pointer
    flat = cluster.flat
    for field in FIELDS:
        if field.group in GROUPS:
            arm = field.arm if not flat else tuple(path.removeprefix("properties.") for path in field.arm)
            steps = tuple(() if field.resource or cluster.opaque else _deepest(cluster.body, arm))
            yield field.path, (*cluster.pointer, *steps)
    yield from _pool_places(cluster)


def _pool_places(cluster: Resource) -> Iterator[tuple[str, Pointer]]:
    path = "agentPoolProfiles" if cluster.flat else "properties.agentPoolProfiles"
    steps = _deepest(cluster.body, (path,))
    start = cluster.pointer if cluster.opaque else (*cluster.pointer, *steps)
    yield "pools", start
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
    for field in FIELDS:
        if field.group == POOL:
            yield f"{name}.{field.name}", start if opaque else (*start, *_deepest(properties, field.arm))


def _deepest(node: Any, paths: tuple[str, ...]) -> Pointer:
    """The keys, as the document spells them, of the path that goes deepest."""
    return max((tuple(_descend(node, path)) for path in paths), key=len, default=())


def _descend(node: Any, path: str) -> Iterator[str]:
    for name in path.split("."):
        if not isinstance(node, dict):
            return
        key = name if name in node else next((key for key in node if key.lower() == name.lower()), None)
        if key is None:
            return
        yield key
        node = node[key]
