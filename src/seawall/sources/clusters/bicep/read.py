"""Managed clusters in Bicep files: one deployment in, clusters out, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seawall.errors import InputError, LimitExceeded
from seawall.model import NotAssessed
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import arm_parameters
from seawall.sources.clusters.bicep.entries import Entry, entry_of
from seawall.sources.clusters.bicep.modules import Files, Loader, inside, tree_of
from seawall.sources.clusters.bicep.params import ENDING, read_parameters
from seawall.sources.clusters.bicep.symbols import Budget
from seawall.sources.clusters.bicep.template import Run, Template
from seawall.sources.clusters.deployed import Deployed, clusters, is_of_cluster
from seawall.sources.clusters.reading import Reading, together


def read(path: Path, *, root: Path | None = None, limits: Limits = DEFAULT) -> Reading:
    """The clusters of one `.bicep` with the parameters beside it, or of what one `.bicepparam` deploys.

    `root` is the folder that modules may be in: by default that of the repository, or else the file's own.
    Raises InputError where the file cannot be read, LimitExceeded where it goes beyond a bound.
    """
    root = root or tree_of(path)
    return read_entry(entry_of(path, root=root, limits=limits), root=root, limits=limits)


def read_entry(entry: Entry, *, root: Path, limits: Limits = DEFAULT) -> Reading:
    """The clusters of one deployment, once for each file of parameters. Raises as `read` does."""
    load = inside(root, limits)
    if not entry.parameters:
        return read_file(str(entry.template), load, limits=limits)
    readings = [read_file(str(entry.template), load, parameters=str(file), limits=limits) for file in entry.parameters]
    return together(readings, entry.parameters, entry.template)


def read_file(file: str, load: Loader, *, parameters: str = "", limits: Limits = DEFAULT) -> Reading:
    """The clusters that the Bicep file at `file` deploys with one file of parameters; `load` opens both, and modules.

    Raises as `read` does.
    """
    deployed, notes = evaluate(file, load, parameters=parameters, wanted=is_of_cluster, limits=limits)
    return clusters(deployed, notes, file=file)


def evaluate(
    file: str,
    load: Loader,
    *,
    given: Mapping[str, Any] | None = None,
    parameters: str = "",
    wanted: Callable[[str], bool] = lambda kind: True,
    limits: Limits = DEFAULT,
) -> tuple[Sequence[Deployed], Sequence[NotAssessed]]:
    """Everything that the file deploys whose type, in lower case, is `wanted`, and what could not be read.

    The values of parameters are `given`, or stand in the file `parameters`. Raises as `read` does.
    """
    run = Run(budget=Budget(limits, file), files=Files(load, limits), wanted=wanted)
    try:
        values = {**(given or {}), **(_parameters(file, parameters, run) if parameters else {})}
        lowered = {name.lower(): value for name, value in values.items()}
        Template(run.files.source(file), lowered, run).deploy()
    except RecursionError:
        raise LimitExceeded("bicep_nesting", limits.bicep_nesting, where=file) from None
    return run.deployed, tuple(run.not_assessed)


def _parameters(file: str, parameters: str, run: Run) -> Mapping[str, Any]:
    """The values in a file of parameters; where it cannot be read, none, and a note."""
    try:
        if parameters.lower().endswith(ENDING):
            return read_parameters(parameters, run).values
        return arm_parameters.read_parameters(run.files.load(parameters), file=parameters, limits=run.budget.limits)
    except LimitExceeded:
        raise
    except InputError as error:
        run.note(f"parameters of {file}", parameters, 0, error.message)
        return {}
