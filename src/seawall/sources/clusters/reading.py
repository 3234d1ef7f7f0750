"""What one file of clusters came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

import msgspec

from seawall.model import Cluster, NotAssessed


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one file holds, in its order, and what in it was not read. Never both empty."""

    clusters: tuple[Cluster, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


def together(readings: Sequence[Reading], parameters: Sequence[PurePath], template: PurePath) -> Reading:
    """What one template came to with each of its files of parameters.

    Clusters of the same name are told apart by what tells the files apart: `shop.dev` and `shop.prod` with
    `main.parameters.dev.json` and `main.parameters.prod.json`.
    """
    plain = {*template.stem.split("."), "parameters", "json"}
    doubles = Counter(cluster.name for reading in readings for cluster in reading.clusters)
    clusters: list[Cluster] = []
    notes: list[NotAssessed] = []
    for file, reading in zip(parameters, readings, strict=True):
        label = ".".join(word for word in file.name.split(".") if word not in plain) or file.name
        for cluster in reading.clusters:
            name = f"{cluster.name}.{label}" if doubles[cluster.name] > 1 else cluster.name
            clusters.append(msgspec.structs.replace(cluster, name=name))
        for note in reading.not_assessed:
            notes.append(msgspec.structs.replace(note, why=f"{note.why} (with {file.name})"))
    return Reading(clusters=tuple(clusters), not_assessed=tuple(dict.fromkeys(notes)))
