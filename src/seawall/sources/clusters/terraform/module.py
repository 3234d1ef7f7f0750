"""The statements of one folder of Terraform configuration, which is one module, and the values of its variables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from seawall.errors import InputError, Unreadable
from seawall.model import Location, NotAssessed
from seawall.safe import files, hcl
from seawall.safe.limits import Limits
from seawall.sources.clusters.terraform import json_syntax

Key = TypeVar("Key")

LOCK = ".terraform.lock.hcl"


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A block and the file that it stands in."""

    block: hcl.Block
    file: str

    @property
    def where(self) -> str:
        """The place, for people."""
        return str(Location(file=self.file, line=self.block.line))


class Module(msgspec.Struct, kw_only=True):
    """What a folder declares. Resources and data are by type and name."""

    folder: Path
    resources: dict[tuple[str, str], Placed] = {}
    variables: dict[str, Placed] = {}
    locals: dict[str, hcl.Expression] = {}
    modules: dict[str, Placed] = {}
    outputs: dict[str, Placed] = {}
    requirements: list[hcl.Body] = []
    not_assessed: list[NotAssessed] = []


def load(folder: Path, tree: Path, limits: Limits) -> Module:
    """The module in `folder`; files and statements that cannot be read are noted. Raises Unreadable.

    A link out of `tree`, which is resolved, is not followed.
    """
    module = Module(folder=folder)
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if is_configuration(entry.name))
    except OSError as error:
        raise Unreadable((error.strerror or "cannot be listed").lower(), where=str(folder)) from None
    names.sort(key=_is_override)  # what overrides comes last
    for name in names:
        body = statements(folder / name, tree, limits, module.not_assessed)
        for block in body.blocks if body else ():
            _declare(module, Placed(block=block, file=str(folder / name)))
    return module


def is_configuration(name: str) -> bool:
    """True for the name of a file that belongs to a module."""
    return name.endswith((".tf", ".tf.json")) and not name.startswith(".")


def statements(path: Path, tree: Path, limits: Limits, not_assessed: list[NotAssessed]) -> hcl.Body | None:
    """The statements of one file, None where it cannot be read; what cannot be is noted."""
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(tree):
            raise Unreadable("a link out of the folder that is read, which is not followed")
        data = files.read(path, limit="hcl_bytes", limits=limits)
        parse = json_syntax.load if path.name.endswith(".json") else hcl.load
        body = parse(data, where=str(path), limits=limits)
    except InputError as error:
        not_assessed.append(NotAssessed(what="Terraform file", where=str(path), why=error.message))
        return None
    for line in dict.fromkeys(body.faults):
        where = str(Location(file=str(path), line=line))
        not_assessed.append(NotAssessed(what="statement", where=where, why="not valid HCL"))
    return body


def variable_files(folder: Path) -> Iterator[Path]:
    """The files whose values Terraform takes by itself, in its order: a later one wins.

    Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
    """
    yield from (path for name in ("terraform.tfvars", "terraform.tfvars.json") if (path := folder / name).is_file())
    yield from sorted(path for path in folder.iterdir() if path.name.endswith((".auto.tfvars", ".auto.tfvars.json")))


def environments(folder: Path) -> dict[str, list[Path]]:
    """The files of values for each environment, by its name: `dev.tfvars`, `env/dev.tfvars`, `dev/terraform.tfvars`.

    What is named for all (`common.tfvars`) comes first in each.
    """
    own = set(variable_files(folder))
    found: dict[str, list[Path]] = {}
    shared: list[Path] = []
    for path in _value_files(folder):
        if path in own:
            continue
        stem = path.name.removesuffix(".json").removesuffix(".tfvars").removesuffix(".auto")
        name = path.parent.name if stem == "terraform" else stem.removesuffix(".terraform")
        if name.lower() in _FOR_ALL:
            shared.append(path)
        else:
            found.setdefault(name, []).append(path)
    if not found and shared:
        return {"": shared}
    return {name: [*shared, *paths] for name, paths in sorted(found.items())}


def _value_files(folder: Path, depth: int = 2) -> Iterator[Path]:
    """Files of values here and in folders below that are no modules themselves."""
    inner = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_file() and entry.name.endswith((".tfvars", ".tfvars.json")):
            yield Path(entry.path)
        elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            inner.append(Path(entry.path))
    for path in inner if depth else ():
        if not any(is_configuration(inside.name) for inside in path.iterdir()):
            yield from _value_files(path, depth - 1)


_FOR_ALL = frozenset({"common", "global", "shared", "base", "defaults", "default", "all"})


def _is_override(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def _declare(module: Module, placed: Placed) -> None:
    block = placed.block
    override = _is_override(Path(placed.file).name)
    match block.kind, block.labels:
        case ("resource", (kind, name)):
            _put(module.resources, (kind, name), placed, override)
        case ("data", (kind, name)):
            _put(module.resources, (f"data.{kind}", name), placed, override)
        case ("variable", (name,)):
            _put(module.variables, name, placed, override)
        case ("module", (name,)):
            _put(module.modules, name, placed, override)
        case ("output", (name,)):
            _put(module.outputs, name, placed, override)
        case ("locals", _):
            module.locals |= block.body.attributes
        case ("terraform", _):
            module.requirements += _requirements(block.body)


def _put(found: dict[Key, Placed], key: Key, placed: Placed, override: bool) -> None:
    before = found.get(key)
    if before is None or not override:
        found[key] = placed
        return
    old, new = before.block.body, placed.block.body
    kinds = {block.kind for block in new.blocks}
    kept = (block for block in old.blocks if block.kind not in kinds)
    body = hcl.Body(
        attributes=old.attributes | new.attributes, blocks=(*kept, *new.blocks), faults=(*old.faults, *new.faults)
    )
    found[key] = msgspec.structs.replace(before, block=msgspec.structs.replace(before.block, body=body))


def _requirements(body: hcl.Body) -> Iterable[hcl.Body]:
    yield from (block.body for block in body.blocks if block.kind == "required_providers")
    written = body.attributes.get("required_providers")
    if isinstance(written, hcl.Object):  # as JSON has it
        pairs = {str(key.value): value for key, value in written.pairs if isinstance(key, hcl.Literal)}
        yield hcl.Body(attributes=pairs, blocks=())
