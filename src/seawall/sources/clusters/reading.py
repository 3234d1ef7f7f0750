"""What one file of clusters came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

import msgspec

from seawall.model import Cluster, NotAssessed

NO_CLUSTER = "no managed cluster was found in it"
"""Why a file that was read through gives nothing."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one file holds, in its order, and what in it was not read. Never both empty."""

    clusters: tuple[Cluster, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()

    @property
    def is_of_clusters(self) -> bool:
        """False for what was read through and is of something else."""
        return bool(self.clusters) or any(not note.why.startswith(NO_CLUSTER) for note in self.not_assessed)


def together(readings: Sequence[Reading], parameters: Sequence[PurePath], template: PurePath) -> Reading:
    """What one template came to with each of its files of parameters.

    Clusters that get the same name from several of them are told apart by what tells the files apart: `shop.dev` and
    `shop.prod` with `main.parameters.dev.json` and `main.parameters.prod.json`.
    """
    doubles = Counter(cluster.name for reading in readings for cluster in reading.clusters)
    clusters = [
        msgspec.structs.replace(cluster, name=f"{cluster.name}.{label}") if doubles[cluster.name] > 1 else cluster
        for label, reading in zip(_labels(parameters, template), readings, strict=True)
        for cluster in reading.clusters
    ]
    notes = [
        msgspec.structs.replace(note, why=f"{note.why} (with {file.name})")
        for file, reading in zip(parameters, readings, strict=True)
        for note in reading.not_assessed
    ]
    return Reading(clusters=tuple(clusters), not_assessed=tuple(dict.fromkeys(notes)))


def _labels(parameters: Sequence[PurePath], template: PurePath) -> list[str]:
    """What tells the files of parameters apart: the words that only their names have, or else their folders'."""
    plain = {*template.stem.lower().split("."), "parameters", "params", "param", "json", "bicepparam"}
    words = [[word for word in file.name.split(".") if word.lower() not in plain] for file in parameters]
    labels = [".".join(parts) for parts in words]
    if len(set(labels)) == len(labels):
        return [label or file.name for label, file in zip(labels, parameters, strict=True)]
    return [".".join((file.parent.name, *parts)) for file, parts in zip(parameters, words, strict=True)]
