"""Terraform configuration in a folder: the resources that it would make, once for each environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from seawall.errors import InputError, Unreadable
from seawall.model import NotAssessed
from seawall.safe import files, json
from seawall.safe.limits import Limits
from seawall.sources.clusters.terraform import versions
from seawall.sources.clusters.terraform.expressions import Evaluator
from seawall.sources.clusters.terraform.functions import files_of
from seawall.sources.clusters.terraform.instances import Instance, Surroundings
from seawall.sources.clusters.terraform.module import (
    LOCK,
    Module,
    environments,
    is_configuration,
    load,
    statements,
    variable_files,
)
from seawall.sources.clusters.terraform.resource import Planned
from seawall.sources.clusters.terraform.values import Budget, Failure, Value

_LOCAL_SOURCE = re.compile(rb'"?source"?\s*[=:]\s*"(\.\.?/[^"$]{0,1000})"')


def read(folder: Path, tree: Path, limits: Limits) -> Iterator[Planned]:
    """What the folder's module would make: once, or for each environment that has a file of values.

    Files and modules are read inside `tree` only. Raises Unreadable, LimitExceeded.
    """
    configuration = _Configuration(folder, tree, limits)
    named = environments(folder)
    for name, paths in named.items() if named else [("", [])]:
        yield configuration.planned(name, paths)


def entry_points(folders: Iterable[Path], limits: Limits) -> tuple[Path, ...]:
    """Those of the folders with configuration that no other of them uses as a module; all where each is used."""
    known = {Path(os.path.normpath(folder)): folder for folder in folders}
    used = {path for folder in known for path in _local_modules(folder, limits) if path != folder}
    return tuple(folder for path, folder in known.items() if path not in used) or tuple(known.values())


def _local_modules(folder: Path, limits: Limits) -> Iterator[Path]:
    """The folders that the configuration in `folder` names as sources; reading it tells what cannot be read."""
    with suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if is_configuration(entry.name):
                with suppress(InputError):
                    data = files.read(Path(entry.path), limit="hcl_bytes", limits=limits)
                    for match in _LOCAL_SOURCE.finditer(data):
                        yield Path(os.path.normpath(folder / os.fsdecode(match[1])))


class _Configuration:
    """One folder, whose files are read once for all environments."""

    def __init__(self, folder: Path, tree: Path, limits: Limits) -> None:
        self._folder = folder
        self._tree = tree.resolve()
        self._limits = limits
        self._modules: dict[Path, Module | str] = {}
        self._root = load(folder, self._tree, limits)
        self._installed, self._lock_notes = self._initialised()

    def planned(self, environment: str, paths: list[Path]) -> Planned:
        notes: list[NotAssessed] = []
        budget = Budget(self._limits, str(self._folder))
        around = Surroundings(
            root=self._folder,
            budget=budget,
            files=files_of(self._folder, self._tree, self._read),
            most_instances=self._limits.terraform_instances,
            load=self._module,
            installed=self._installed,
            notes=notes,
        )
        inputs = self._inputs([*variable_files(self._folder), *paths], budget, notes)
        instance = Instance(self._root, inputs, around, provider=self._locked())
        resources = tuple(instance.resources())
        of_modules = [
            note for module in self._modules.values() if isinstance(module, Module) for note in module.not_assessed
        ]
        together = [*self._root.not_assessed, *of_modules, *self._lock_notes, *notes]
        return Planned(resources=resources, not_assessed=tuple(dict.fromkeys(together)), environment=environment)

    def _module(self, folder: Path) -> Module | str:
        """The module in a folder, read once."""
        if folder not in self._modules:
            if not folder.resolve().is_relative_to(self._tree):
                self._modules[folder] = "its code is outside the folder that is read: name one that holds both"
            else:
                try:
                    self._modules[folder] = load(folder, self._tree, self._limits)
                except Unreadable as error:
                    self._modules[folder] = str(error)
        return self._modules[folder]

    def _inputs(self, paths: list[Path], budget: Budget, notes: list[NotAssessed]) -> dict[str, Value]:
        """The values of variables from files; a later file wins."""

        def nothing(name: str) -> Value:
            raise Failure(f"{name} has no meaning in a file of values")

        evaluator = Evaluator(nothing, budget, files_of(self._folder, self._tree, self._read))
        found: dict[str, Value] = {}
        for path in paths:
            body = statements(path, self._tree, self._limits, notes)
            for name, expression in body.attributes.items() if body else ():
                found[name] = evaluator.value(expression, {})
        return found

    def _locked(self) -> versions.Provider:
        path = self._folder / LOCK
        body = statements(path, self._tree, self._limits, self._lock_notes) if path.is_file() else None
        fixed = versions.locked(body, "azurerm") if body else ""
        return versions.Provider().within([fixed] if fixed else [])

    def _initialised(self) -> tuple[dict[str, Path], list[NotAssessed]]:
        """The modules that `terraform init` put on disk, by key."""
        path = self._folder / ".terraform/modules/modules.json"
        if not path.is_file():
            return {}, []
        try:
            known = json.decode(files.read(path, limits=self._limits), _Installed, where=str(path), limits=self._limits)
        except InputError as error:
            return {}, [NotAssessed(what="list of modules", where=str(path), why=error.message)]
        return {each.key: Path(os.path.normpath(self._folder / each.folder)) for each in known.modules if each.key}, []

    def _read(self, path: Path) -> bytes:
        return files.read(path, limit="hcl_bytes", limits=self._limits)


class _Module(msgspec.Struct, rename={"key": "Key", "folder": "Dir"}):
    key: str = ""
    folder: str = ""


class _Installed(msgspec.Struct, rename={"modules": "Modules"}):
    modules: list[_Module] = []
