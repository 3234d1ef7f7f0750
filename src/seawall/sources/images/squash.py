"""Layers on top of each other: the tree that a container sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import Generic, NamedTuple, TypeAlias, TypeVar, Union

from seawall.sources.images.layer import Entry, LayerFacts, Rights, Unread
from seawall.sources.images.links import follow, follow_parent, join

T = TypeVar("T")


class _File:
    """A file that is wanted, or that does not lie where its layer says: where its content is, and what it replaced."""

    __slots__ = ("layer", "previous", "shown", "stored")

    def __init__(self, layer: int, stored: str, previous: object, shown: bool = True) -> None:
        self.layer, self.stored, self.shown = layer, stored, shown
        self.previous = previous if isinstance(previous, _File) else None


# A folder; the target of a symbolic link; a file by its layer, or in more detail; None for a device, pipe or socket.
_Node: TypeAlias = Union["_Folder", str, int, _File, None]
_Folder: TypeAlias = dict[str, _Node]


class Wanted(NamedTuple):
    """A wanted path whose content lies, unread, in `layer` under the name `stored`."""

    path: str
    layer: int
    stored: str


def _kind(node: _Node) -> Entry:
    if isinstance(node, dict):
        return "dir"
    return "symlink" if isinstance(node, str) else "other" if node is None else "file"


class Tree(Generic[T]):
    """The visible files of an image, and what was made of the wanted ones.

    A whiteout hides what lower layers have, never what its own layer brings. A folder that is replaced hides
    everything in it for good. An entry whose parent is a link of a lower layer lands where the link leads (`lib` on
    a merged `/usr`); a folder that a layer names itself replaces a lower link, as overlayfs does.
    """

    def __init__(self, layers: Sequence[LayerFacts[T]], wants: Callable[[str], bool]) -> None:
        self._layers, self._wants = layers, wants
        self._root: _Folder = {}
        self._fetched: dict[str, tuple[T | Unread, int]] = {}
        for index, facts in enumerate(layers):
            self._hide(facts)
            self._add(index, facts)

    def resolve(self, path: str) -> str | None:
        """The real path behind all links, "" for the root; None where there is nothing or the links loop."""
        real = follow(path, self._link_at)
        return real if real is not None and self._lookup(real) is not ... else None

    def exists(self, path: str) -> bool:
        return self.resolve(path) is not None

    def find(self, path: str) -> T | None:
        """What was made of the file at `path`, links followed; None where there is none or it could not be read."""
        versions = self.history(path)
        return versions[-1][1] if versions else None

    def history(self, path: str) -> list[tuple[int, T]]:
        """The versions of a file by the layers that brought them, oldest first, since it was last absent.

        Empty where the visible version could not be read.
        """
        found = self._versions(path)
        if not found or isinstance(found[0][0], Unread):
            return []
        return [(layer, result) for result, layer in reversed(found) if not isinstance(result, Unread)]

    def _versions(self, path: str) -> list[tuple[T | Unread, int]]:
        """Newest first; none where the visible file was not visited."""
        real = follow(path, self._link_at) or ""
        node, found = self._lookup(real), list[tuple[T | Unread, int]]()
        fetched = self._fetched.get(path) or self._fetched.get(real)
        if fetched:
            found.append(fetched)
            node = node.previous if isinstance(node, _File) else None
        while isinstance(node, _File):
            results = self._layers[node.layer].results
            if node.stored in results:
                found.append((results[node.stored], node.layer))
            elif not found:
                return []
            node = node.previous
        return found

    def results(self) -> Iterator[tuple[str, T, int]]:
        """Every visible wanted file: its path, what was made of it, the index of the layer that holds it. Sorted."""
        for path, result, layer in self._outcomes():
            if not isinstance(result, Unread):
                yield path, result, layer

    def everything(self) -> Iterator[tuple[str, T, int]]:
        """What was made of every file of every layer, those that later layers hide too: where its layer has it."""
        for index, facts in enumerate(self._layers):
            for path, result in facts.results.items():
                if not isinstance(result, Unread):
                    yield path, result, index

    def names(self) -> dict[tuple[int, str], list[str]]:
        """The visible names, hard links too, of every file of which something was made: by its layer and name there."""
        names: dict[tuple[int, str], list[str]] = {}
        for path, node in self._leaves:
            if isinstance(node, _File) and node.stored in self._layers[node.layer].results:
                names.setdefault((node.layer, node.stored), []).append(path)
        return names

    def entries(self, folder: str) -> dict[str, Entry]:
        """What is in a folder, links followed: file, dir, symlink, or other (a device, pipe or socket)."""
        node = self._lookup(follow(folder, self._link_at) or "") if folder else self._root
        return {name: _kind(each) for name, each in node.items()} if isinstance(node, dict) else {}

    def folders(self) -> Iterator[tuple[str, dict[str, object]]]:
        """Every visible folder by its path, with what is in it by name; the root first."""
        todo: list[tuple[str, _Folder]] = [("", self._root)]
        while todo:
            path, folder = todo.pop()
            yield path, folder  # type: ignore[misc]
            todo += [(join(path, name), node) for name, node in folder.items() if isinstance(node, dict)]

    def links(self) -> Iterator[tuple[str, str]]:
        """Every visible symbolic link and its target as written."""
        return ((path, node) for path, node in self._leaves if isinstance(node, str))

    def holder(self, path: str) -> tuple[int, str] | None:
        """The layer that holds a file, links followed, and its name there; None for what is no file."""
        real = follow(path, self._link_at)
        node = self._lookup(real) if real is not None else None
        if isinstance(node, _File):
            return node.layer, node.stored
        return (node, real or "") if isinstance(node, int) else None

    def rights(self) -> Iterator[tuple[str, Rights, int]]:
        """The rights that matter (see `LayerFacts`) of visible files and folders, each with its layer, sorted."""
        found: dict[str, tuple[Rights, int]] = {}
        for index, facts in enumerate(self._layers):
            for path in found.keys() & facts.folders.keys():
                if facts.folders[path.rpartition("/")[0]].get(path.rpartition("/")[2]) == "dir":
                    del found[path]
            for path, rights in facts.rights.items():
                found[path] = rights, index
        shown = [(path, *held) for path, held in found.items() if isinstance(self._lookup(path), dict)]
        yield from sorted([*shown, *self._file_rights()])

    def _file_rights(self) -> Iterator[tuple[str, Rights, int]]:
        """Of each file once: under its layer's own name, or a hard link where only that is left."""
        names: dict[tuple[int, str], str] = {}
        for path, node in self._leaves:
            if isinstance(node, _File):
                names.setdefault((node.layer, node.stored), path)
        for index, facts in enumerate(self._layers):
            for stored, rights in facts.rights.items():
                path = stored if self.holder(stored) == (index, stored) else names.get((index, stored), "")
                if path:
                    yield path, rights, index

    def unread(self) -> Iterator[tuple[str, str]]:
        """Every visible wanted file that could not be read, and why."""
        for path, result, _ in self._outcomes():
            if isinstance(result, Unread):
                yield path, result.why

    def unfetched(self, exact: Collection[str] = ()) -> list[Wanted]:
        """Wanted paths that are links to files whose own names nobody wanted, those of `exact` through folders too."""
        missing = {}
        for path, node in self._leaves:
            if isinstance(node, _File):
                if node.shown and self._wants(path):
                    missing[path] = self._unvisited(path)
            elif isinstance(node, str) and self._wants(path):
                missing[path] = self._unvisited(path)
        missing |= {path: self._unvisited(path) for path in exact}
        return [wanted for wanted in missing.values() if wanted]

    def fetched(self, path: str, result: T | Unread, layer: int) -> None:
        """Take in what was made of one of `unfetched`."""
        self._fetched[path] = result, layer

    def _unvisited(self, path: str) -> Wanted | None:
        real = follow(path, self._link_at)
        node = self._lookup(real) if real is not None else None
        if isinstance(node, int):
            node = _File(node, real or "", None)
        if not isinstance(node, _File) or node.stored in self._layers[node.layer].results:
            return None
        return Wanted(path, node.layer, node.stored)

    def _outcomes(self) -> Iterator[tuple[str, T | Unread, int]]:
        outcomes = [(path, *outcome) for path, outcome in self._fetched.items()]
        for path, node in self._leaves:
            if isinstance(node, _File) and node.shown and path not in self._fetched:
                results = self._layers[node.layer].results
                if node.stored in results:
                    outcomes.append((path, results[node.stored], node.layer))
        outcomes.sort(key=lambda outcome: outcome[0])
        yield from outcomes

    @cached_property
    def _leaves(self) -> list[tuple[str, _Node]]:
        """All files and links but plain files under their own name, which nobody wanted: a few of very many."""
        leaves: list[tuple[str, _Node]] = []
        todo: list[tuple[str, _Folder]] = [("", self._root)]
        while todo:
            path, folder = todo.pop()
            for name, node in folder.items():
                if type(node) is int:
                    continue
                if isinstance(node, dict):
                    todo.append((join(path, name), node))
                else:
                    leaves.append((join(path, name), node))
        return leaves

    def _hide(self, facts: LayerFacts[T]) -> None:
        for path in facts.opaque:
            real = follow_parent(path, self._link_at) if path else ""
            node = self._lookup(real) if real is not None else None
            if isinstance(node, dict):
                node.clear()
        for path in facts.whiteouts:
            parent, _, name = path.rpartition("/")
            real = follow(parent, self._link_at)
            folder = self._lookup(real) if real is not None else None
            if isinstance(folder, dict):
                folder.pop(name, None)

    def _add(self, layer: int, facts: LayerFacts[T]) -> None:
        places: dict[str, tuple[_Folder, str]] = {"": (self._root, "")}
        visited = {path.rpartition("/")[0] for path in facts.results}
        for path, entries in facts.folders.items():
            if path:
                parent, _, name = path.rpartition("/")
                places[path] = self._enter(*places[parent], name, way=facts.folders[parent][name] == "way")
            folder, real = places[path]
            plain = path == real and path not in visited
            for name, kind in entries.items():
                if kind == "file":
                    folder[name] = layer if plain else _File(layer, join(path, name), folder.get(name))
                elif kind == "symlink":
                    folder[name] = facts.symlinks[join(path, name)]
                elif kind == "other":
                    folder[name] = None
        for path, target in facts.hardlinks.items():
            parent, _, name = path.rpartition("/")
            self._link(*places[parent], name, target)

    def _enter(self, folder: _Folder, real: str, name: str, *, way: bool) -> tuple[_Folder, str]:
        """The folder `name` in `folder`, made if need be, and its real path."""
        node, path = folder.get(name), join(real, name)
        target = follow(path, self._link_at) if way and isinstance(node, str) else None
        if target is not None:
            node, path = self._root, target
            for part in target.split("/") if target else ():
                below = node.get(part)
                if not isinstance(below, dict):
                    below = node[part] = {}
                node = below
        elif not isinstance(node, dict):
            node = folder[name] = {}
        return node, path

    def _link(self, folder: _Folder, real: str, name: str, target: str) -> None:
        """A hard link: the same file under one more name."""
        at = follow_parent(target, self._link_at)
        node = self._lookup(at) if at else None
        shown = self._wants(join(real, name))
        if isinstance(node, int):
            node = _File(node, at or "", folder.get(name), shown)
        elif isinstance(node, _File):
            node = _File(node.layer, node.stored, folder.get(name), shown)
        folder[name] = node if isinstance(node, str | _File) else None

    def _link_at(self, path: str) -> str | None:
        node = self._lookup(path)
        return node if isinstance(node, str) else None

    def _lookup(self, path: str) -> _Node | object:
        """The node at a path without links, `...` where there is none."""
        node: _Node | object = self._root
        for name in path.split("/") if path else ():
            if not isinstance(node, dict):
                return ...
            node = node.get(name, ...)
        return node
