"""The files that a Bicep file names: modules, imports and what it loads. Only those in one folder are opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from seawall.errors import Unreadable, Unsupported
from seawall.safe import files
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters.bicep.parser import parse
from seawall.sources.clusters.bicep.syntax import Declaration, File

Loader: TypeAlias = Callable[[str], bytes]
"""Takes a file's path as the user would name it, and gives its bytes; raises InputError."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file that has been read: `declared` by name, `outputs` apart because they may share a name with a parameter."""

    file: str
    tree: File
    declared: Mapping[str, Declaration]
    outputs: Mapping[str, Declaration]
    target: str


class Files:
    """The files of one reading, each read and parsed once."""

    def __init__(self, load: Loader, limits: Limits = DEFAULT) -> None:
        self.load = load
        self._limits = limits
        self._sources: dict[str, Source] = {}

    def source(self, file: str) -> Source:
        """The file at this path. Raises InputError where it cannot be read or is too large."""
        if file not in self._sources:
            tree = parse(self.load(file), where=file, limits=self._limits)
            self._sources[file] = _source(file, tree)
        return self._sources[file]

    def named_in(self, file: str, reference: str) -> str:
        """The path of what `file` calls `reference`. Raises Unsupported for what is in a registry."""
        if is_remote(reference):
            hint = "run `bicep build`, and have the JSON read: the module is written out in it"
            raise Unsupported(f"{reference} is in a registry, not here", where=file, hint=hint)
        return os.path.normpath(Path(file).parent / reference)


def inside(root: Path, limits: Limits = DEFAULT) -> Loader:
    """A loader of files below `root`; what a path or a link leads to elsewhere is refused."""
    top = Path(os.path.realpath(root))

    def load(file: str) -> bytes:
        if not Path(os.path.realpath(file)).is_relative_to(top):
            hint = "name the folder that holds both files"
            raise Unreadable(f"it is outside {root}, and is not opened", where=file, hint=hint)
        return files.read(Path(file), limit="bicep_bytes", limits=limits)

    return load


def tree_of(path: Path) -> Path:
    """The folder whose files `path` may name when the user named no folder: the repository's, or else its own."""
    own = Path(os.path.realpath(path)).parent
    return next((folder for folder in (own, *own.parents) if (folder / ".git").exists()), own)


def is_remote(reference: str) -> bool:
    """True for a module of a registry (`br:`, `br/`) or a template spec (`ts:`, `ts/`)."""
    return reference.startswith(("br:", "br/", "ts:", "ts/"))


def _source(file: str, tree: File) -> Source:
    declared: dict[str, Declaration] = {}
    outputs: dict[str, Declaration] = {}
    target = "resourceGroup"
    for each in tree.declarations:
        if each.keyword == "output":
            outputs[each.name] = each
        elif each.keyword == "targetScope":
            target = str(getattr(each.value, "value", target))
        elif each.keyword == "import":
            declared.update({ours: each for _, ours in each.imported})
        elif each.keyword != "metadata":
            declared[each.name] = each
    return Source(file=file, tree=tree, declared=declared, outputs=outputs, target=target)
