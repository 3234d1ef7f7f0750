"""Managed clusters as Azure answers them, in JSON: one file in, clusters out, and what could not be read.

A property that is absent means what its row of the table says; a value of the wrong type is unknown, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from seawall.model import Cluster, Location, NotAssessed
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.assemble import assemble
from seawall.sources.clusters.documents import CLUSTER, Pointer, Resource, Skipped, children, find
from seawall.sources.clusters.lines import FileLines, Lines, places
from seawall.sources.clusters.reading import Reading


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
        lines = Lines(self._lines, resource.pointer)
        cluster, wrong = assemble(resource, attached, file=self._file, lines=lines)
        where = dict(places(resource)) if wrong else {}
        for path, reason in wrong:
            self._note(f"{path} of cluster {cluster.name}", where.get(path, resource.pointer), reason)
        return cluster

    def _note(self, what: str, pointer: Pointer, why: str) -> None:
        self.notes.append(Skipped(pointer=pointer, what=what, why=why))
