"""The one way in for files that describe clusters: exports, templates, Bicep, Terraform configuration and plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import msgspec

from seawall.errors import InputError
from seawall.safe import files
from seawall.safe.limits import Limits
from seawall.sources.clusters.reading import Reading

Work: TypeAlias = tuple[Path, Callable[[], Iterable[Reading]]]

BICEP = (".bicep", ".bicepparam")
TERRAFORM = (".tf", ".tf.json")


def belongs(path: Path) -> bool:
    """True for what may describe a cluster, by its name: JSON, Bicep, Terraform."""
    return path.name.lower().endswith((".json", ".tf", *BICEP))


def read(paths: Iterable[Path], *, root: Path, limits: Limits) -> Iterator[tuple[Path, Reading | InputError]]:
    """What the files say: one reading an export, a template, a Bicep file with its modules, a Terraform folder.

    `root` is the folder that was named: modules may be in it, or in the git repository around it. What is not of
    clusters gives nothing, what cannot be read the reason.
    """
    kinds: dict[str, list[Path]] = {"bicep": [], "terraform": [], "json": []}
    for path in paths:
        name = path.name.lower()
        kinds["terraform" if name.endswith(TERRAFORM) else "bicep" if name.endswith(BICEP) else "json"].append(path)
    work: list[Work] = [(path, partial(_json, path, limits)) for path in kinds["json"]]
    tree = next((folder for folder in (root, *root.resolve().parents) if (folder / ".git").exists()), root)
    if kinds["bicep"]:
        work += _bicep([*kinds["bicep"], *kinds["json"]], tree, limits)
    if kinds["terraform"]:
        work += _terraform(kinds["terraform"], tree, limits)
    for path, reading in work:
        try:
            yield from ((path, _from(path, each)) for each in reading() if each.is_of_clusters)
        except InputError as error:
            yield path, error


def _from(path: Path, reading: Reading) -> Reading:
    """The reading, whose clusters say which deployment they come from."""
    clusters = tuple(msgspec.structs.replace(cluster, origin=str(path)) for cluster in reading.clusters)
    return msgspec.structs.replace(reading, clusters=clusters)


def _json(path: Path, limits: Limits) -> Iterator[Reading]:
    from seawall.sources.clusters import arm_text, az_json, terraform

    data = files.read(path, limits=limits)
    value, _ = arm_text.load(data, where=str(path), limits=limits)
    if terraform.recognises_plan(value):
        yield terraform.read_plan(data, file=str(path), limits=limits)
    elif az_json.recognises(value, limits):
        yield az_json.read_file(path, data, limits=limits)


def _bicep(paths: Sequence[Path], tree: Path, limits: Limits) -> Iterator[Work]:
    from seawall.sources.clusters.bicep.entries import entry_points
    from seawall.sources.clusters.bicep.read import read_entry

    for entry in entry_points(paths, root=tree, limits=limits):
        yield entry.template, partial(_one, partial(read_entry, entry, root=tree, limits=limits))


def _one(read: Callable[[], Reading]) -> Iterator[Reading]:
    yield read()


def _terraform(paths: Sequence[Path], tree: Path, limits: Limits) -> Iterator[Work]:
    from seawall.sources.clusters import terraform

    for folder in terraform.entry_points(sorted({path.parent for path in paths}), limits):
        yield folder, partial(terraform.read_folder, folder, limits, tree=tree)
