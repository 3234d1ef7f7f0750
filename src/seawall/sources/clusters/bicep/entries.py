"""Which Bicep files are deployed, and with which parameters: modules are not, but through the files that use them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from seawall.errors import InputError
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import arm_parameters
from seawall.sources.clusters.bicep.modules import Files, inside, is_remote
from seawall.sources.clusters.bicep.params import ENDING, target_of
from seawall.sources.clusters.bicep.syntax import Declaration, Object
from seawall.sources.clusters.documents import CLUSTER

_INLINE = "Microsoft.Resources/deployments@"
_MENTIONS = ("container-service", "containerservice", "managed-cluster", "aks")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One Bicep file to read, once for each file of parameters; once without where there is none."""

    template: Path
    parameters: tuple[Path, ...] = ()


def entry_points(paths: Iterable[Path], *, root: Path, limits: Limits = DEFAULT) -> tuple[Entry, ...]:
    """The deployments among the files at `paths`, of which those that are no Bicep and no parameters are passed over.

    A `.bicep` that another one uses as a module is no entry, unless parameters are written for it; modules that only
    use each other are all entries, so that no file is left out. `root` is the folder that a `using` may not leave.
    A file that cannot be read is an entry, too: reading it says why.
    """
    found = sorted({Path(os.path.normpath(path)) for path in paths})
    files = Files(inside(root, limits), limits)
    templates = {path: tuple(_modules(path, files)) for path in found if path.suffix.lower() == ".bicep"}
    parameters: dict[Path, list[Path]] = {}
    folders: dict[Path, list[Path]] = {}
    for path in templates:
        folders.setdefault(path.parent, []).append(path)
    for path in found:
        for template in _targets(path, folders.get(path.parent, ()), files):
            parameters.setdefault(template, []).append(path)
    used = {module for path, modules in templates.items() for module in modules if module != path}
    entries = dict.fromkeys((*(path for path in templates if path not in used), *parameters))
    reached: set[Path] = set()
    for path in (*entries, *templates):
        if path not in reached:
            entries.setdefault(path)
            _reach(path, templates, reached)
    return tuple(Entry(template=path, parameters=tuple(parameters.get(path, ()))) for path in sorted(entries))


def entry_of(path: Path, *, root: Path, limits: Limits = DEFAULT) -> Entry:
    """The entry for one file that the user named: a `.bicep` with the parameters beside it, or a `.bicepparam`.

    Raises InputError where a `.bicepparam` cannot be read.
    """
    own = Path(os.path.normpath(path))
    files = Files(inside(root, limits), limits)
    if own.suffix.lower() == ENDING:
        target = target_of(str(own), files)
        return Entry(template=Path(target) if target else own, parameters=(own,))
    try:
        beside = sorted(each for each in own.parent.iterdir() if each.suffix.lower() in (ENDING, ".json"))
    except OSError:  # reading the file says why
        beside = []
    return Entry(template=own, parameters=tuple(each for each in beside if own in _targets(each, [own], files)))


def recognises(entry: Entry, *, root: Path, limits: Limits = DEFAULT) -> bool:
    """True where the file, or a module that it uses, deploys a managed cluster, or holds what cannot be read.

    Of a module in a registry only the name tells.
    """
    files = Files(inside(root, limits), limits)
    pending, seen = [str(entry.template)], {""}
    while pending:
        file = pending.pop()
        if file in seen:
            continue
        seen.add(file)
        try:
            source = files.source(file)
        except InputError:
            return True
        if source.tree.faults:
            return True
        mentioned = CLUSTER.encode() in files.load(file).lower()
        for declaration in source.tree.declarations:
            if _is_of_cluster(declaration) or (mentioned and declaration.reference.startswith(_INLINE)):
                return True
            if declaration.keyword == "using" and is_remote(declaration.reference):
                return True
            if declaration.keyword == "module" and not is_remote(declaration.reference):
                pending.append(files.named_in(file, declaration.reference))
    return False


def _is_of_cluster(declaration: Declaration) -> bool:
    """True for a cluster, a part of one, and a module of a registry that by its name may be one."""
    reference = declaration.reference.lower()
    if declaration.keyword == "module":
        return is_remote(reference) and any(word in reference for word in _MENTIONS)
    if declaration.keyword != "resource":
        return False
    body = declaration.value
    empty = declaration.existing and not (isinstance(body, Object) and body.children)
    return reference.startswith(CLUSTER) and not empty


def _reach(path: Path, templates: Mapping[Path, Iterable[Path]], reached: set[Path]) -> None:
    """Add to `reached` the file and the modules that it uses, itself or through others."""
    pending = [path]
    while pending:
        one = pending.pop()
        if one not in reached:
            reached.add(one)
            pending += templates.get(one, ())


def _modules(path: Path, files: Files) -> Iterator[Path]:
    try:
        declarations = files.source(str(path)).tree.declarations
    except InputError:
        return
    for declaration in declarations:
        if declaration.keyword == "module" and not is_remote(declaration.reference):
            yield Path(files.named_in(str(path), declaration.reference))


def _targets(path: Path, beside: Iterable[Path], files: Files) -> Iterator[Path]:
    """The templates, of those `beside` it for JSON, that the file at `path` holds parameters for.

    A `.bicepparam` that names none is its own.
    """
    if path.suffix.lower() == ENDING:
        try:
            target = target_of(str(path), files)
        except InputError:
            yield path
        else:
            yield Path(target) if target else path
    elif path.suffix.lower() == ".json":
        yield from (template for template in beside if arm_parameters.is_for(path, template))
