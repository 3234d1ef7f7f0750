"""Managed clusters in JSON, as Azure answers them or as templates make them: one file in, clusters out, and notes.

A property that is absent means what its row of the table says; a value of the wrong type is unknown, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from seawall.errors import InputError
from seawall.model import Cluster, Location, NotAssessed
from seawall.safe import files, json
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import arm_parameters, arm_template, arm_text
from seawall.sources.clusters.assemble import assemble
from seawall.sources.clusters.documents import CLUSTER, Found, Pointer, Resource, Skipped, Template, children, find
from seawall.sources.clusters.lines import FileLines, Lines, places
from seawall.sources.clusters.reading import NO_CLUSTER, Reading, together
from seawall.sources.clusters.values import text


def recognises(value: object, limits: Limits = DEFAULT) -> bool:
    """True if the decoded JSON holds a managed cluster, something that belongs to one, or a template of one."""
    return next(find(value, limits), None) is not None


def read(data: bytes, *, file: str, limits: Limits = DEFAULT, parameters: Mapping[str, Any] | None = None) -> Reading:
    """The clusters in `data`; `file` is how the user named it, `parameters` are for a template.

    Raises Malformed for what is no JSON, LimitExceeded for what is too large or too deep.
    """
    document, data = arm_text.load(data, where=file, limits=limits)
    found = list(find(document, limits))
    templates = [
        arm_template.read(item.body, data, pointer=item.pointer, file=file, given=parameters or {}, limits=limits)
        for item in found
        if isinstance(item, Template)
    ]
    reading = _File(FileLines(data, file, limits), file)
    clusters = reading.read(found)
    lines = json.lines(data, {note.pointer for note in reading.notes}) if reading.notes else {}
    notes = (
        NotAssessed(what=note.what, where=str(Location(file=file, line=lines.get(note.pointer, 0))), why=note.why)
        for note in reading.notes
    )
    return Reading(
        clusters=(*clusters, *(cluster for template in templates for cluster in template.clusters)),
        not_assessed=(*notes, *(note for template in templates for note in template.not_assessed)),
    )


def read_file(path: Path, data: bytes, *, limits: Limits = DEFAULT) -> Reading:
    """What `data`, the file at `path`, holds; a template is read once for each file of parameters beside it.

    Raises as `read` does.
    """
    found = find(arm_text.load(data, where=str(path), limits=limits)[0], limits)
    beside = arm_parameters.beside(path) if any(isinstance(item, Template) for item in found) else ()
    readings = [_with_parameters(file, path, data, limits) for file in beside]
    return together(readings, beside, path) if readings else read(data, file=str(path), limits=limits)


def _with_parameters(file: Path, path: Path, data: bytes, limits: Limits) -> Reading:
    try:
        parameters = arm_parameters.read_parameters(files.read(file, limits=limits), file=str(file), limits=limits)
    except InputError as error:
        reading = read(data, file=str(path), limits=limits)
        note = NotAssessed(what="parameters of the template", where=str(file), why=error.message)
        return msgspec.structs.replace(reading, not_assessed=(note, *reading.not_assessed))
    return read(data, file=str(path), limits=limits, parameters=parameters)


class _File:
    """One file being read: collects the notes on what was not."""

    def __init__(self, lines: FileLines, file: str) -> None:
        self._file = file
        self._lines = lines
        self.notes: list[Skipped] = []

    def read(self, found: Sequence[Found]) -> tuple[Cluster, ...]:
        clusters = self._latest(item for item in found if isinstance(item, Resource) and item.kind == CLUSTER)
        attached: dict[str, list[Resource]] = {cluster.owner: [] for cluster in clusters}
        for item in found:
            if isinstance(item, Skipped):
                self.notes.append(item)
            elif isinstance(item, Resource) and item.kind != CLUSTER:
                self._attach(item, attached)
        if not found:
            self._note("file", (), NO_CLUSTER)
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
        created_by = None if resource.id else text(resource.body, "apiVersion") or None  # only a template names it
        cluster, wrong = assemble(resource, attached, file=self._file, lines=lines, created_by=created_by)
        where = dict(places(resource)) if wrong else {}
        for path, reason in wrong:
            self._note(f"{path} of cluster {cluster.name}", where.get(path, resource.pointer), reason)
        return cluster

    def _note(self, what: str, pointer: Pointer, why: str) -> None:
        self.notes.append(Skipped(pointer=pointer, what=what, why=why))
