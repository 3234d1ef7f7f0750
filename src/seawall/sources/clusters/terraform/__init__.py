"""Terraform: configuration in folders, and plans and states in JSON. Clusters of azurerm and of azapi come out.

A walk over a tree collects the folders for which `has_configuration` is true, asks `entry_points` which of them are
not modules of others, and reads each of those with `read_folder`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from seawall.model import Cluster, NotAssessed
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.reading import NO_CLUSTER, Reading
from seawall.sources.clusters.terraform.resource import Planned

__all__ = ["entry_points", "has_configuration", "read_folder", "read_plan", "recognises_plan"]


def has_configuration(folder: Path) -> bool:
    """True for a folder with `*.tf` or `*.tf.json` files, which are one module together. Raises OSError."""
    from seawall.sources.clusters.terraform.module import is_configuration

    return any(is_configuration(path.name) for path in folder.iterdir())


def entry_points(folders: Iterable[Path], limits: Limits = DEFAULT) -> tuple[Path, ...]:
    """Those of the folders with configuration that none of the others uses as a module."""
    from seawall.sources.clusters.terraform import configuration

    return configuration.entry_points(folders, limits)


def read_folder(folder: Path, limits: Limits = DEFAULT, *, tree: Path | None = None) -> tuple[Reading, ...]:
    """The clusters of the configuration in `folder`: one reading, or one for each environment with values of its own.

    Modules and files are read inside `tree`, by default the git repository around the folder, or else the folder.
    A module that is not there, a file or statement that cannot be read, and what is unknown are noted.
    Raises Unreadable, LimitExceeded.
    """
    from seawall.sources.clusters.terraform import configuration

    planned = list(configuration.read(folder, tree or _repository(folder), limits))
    readings = [_reading(each, str(folder)) for each in planned]
    if len(planned) < 2:
        return tuple(readings)
    names = Counter(cluster.name for reading in readings for cluster in reading.clusters)
    named = zip(planned, readings, strict=True)
    return tuple(_in_environment(reading, each.environment, names) for each, reading in named)


def recognises_plan(value: object) -> bool:
    """True for the decoded JSON of a plan or a state that `terraform show -json` wrote."""
    from seawall.sources.clusters.terraform import plan

    return plan.recognises(value)


def read_plan(data: bytes, file: str, limits: Limits = DEFAULT) -> Reading:
    """The clusters of a plan or state in JSON. Raises Malformed, LimitExceeded."""
    from seawall.sources.clusters.terraform import plan

    return _reading(plan.read(data, file, limits), file)


def _reading(planned: Planned, where: str) -> Reading:
    made, notes = made_of(planned)
    if not made and not notes:
        notes = (NotAssessed(what="Terraform", where=where, why=NO_CLUSTER),)
    return Reading(clusters=tuple(made.values()), not_assessed=notes)


def made_of(planned: Planned) -> tuple[dict[str, Cluster], tuple[NotAssessed, ...]]:
    """The clusters that the resources make, by address, and what was not read."""
    from seawall.sources.clusters.terraform import automatic, azapi, azurerm

    resources = tuple(map(automatic.as_arm, planned.resources))
    made, notes = azurerm.clusters(resources)
    others, more = azapi.clusters(resources)
    everyone = list(azapi.updated([*made, *others], resources))
    names = Counter(each.cluster.name for each in everyone)
    clusters = {
        each.address: msgspec.structs.replace(each.cluster, name=each.address)
        if names[each.cluster.name] > 1
        else each.cluster
        for each in everyone
    }
    unlinked = azapi.unlinked(everyone, resources)
    return clusters, tuple(dict.fromkeys([*planned.not_assessed, *notes, *more, *unlinked]))


def _in_environment(reading: Reading, environment: str, names: Counter[str]) -> Reading:
    """Clusters that have one name in several environments get the environment's before it."""

    def named(cluster: Cluster) -> Cluster:
        double = names[cluster.name] > 1
        return msgspec.structs.replace(cluster, name=f"{environment}/{cluster.name}") if double else cluster

    return msgspec.structs.replace(reading, clusters=tuple(map(named, reading.clusters)))


def _repository(folder: Path) -> Path:
    resolved = folder.resolve()
    return next((path for path in (resolved, *resolved.parents) if (path / ".git").exists()), resolved)
