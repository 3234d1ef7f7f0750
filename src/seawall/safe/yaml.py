"""YAML with the line of every key and item, read as Kubernetes reads it, bounded in size, depth and aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from seawall.errors import LimitExceeded, Malformed
from seawall.safe import yaml_scalars
from seawall.safe.limits import DEFAULT, Limits

Pointer: TypeAlias = tuple[str | int, ...]
Marks: TypeAlias = "dict[str | int, tuple[int, Marks | None]]"
"""For each key or index of a mapping or sequence: its line, and the marks of what it holds."""

_CORE = "tag:yaml.org,2002:"
_COLLECTIONS = frozenset(_CORE + kind for kind in ("map", "seq", "set", "omap", "pairs"))


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a file. What an alias repeats is one and the same object: look at `value`, do not change it."""

    value: Any
    """dict (with text keys), list, str, int, float, bool or None."""

    lines: Mapping[Pointer, int]
    """The line, from 1, of every key and item by its path; `()` is where the document's value begins."""

    duplicates: tuple[tuple[Pointer, int], ...] = ()
    """Keys that are written more than once in one mapping, with the line of the later one, which wins."""


def load_all(data: bytes, *, where: str, limits: Limits = DEFAULT, pure: bool = False) -> tuple[Document, ...]:
    """The documents of a file, empty ones (value None) included.

    Tags that are not YAML's own (`!Ref`) are passed over, and the word after them is text. `pure` does without
    libyaml, at a tenth of the speed, as a PyYAML must that was built without it.
    Raises Malformed with line and column, or LimitExceeded.
    """
    if len(data) > limits.yaml_bytes:
        raise LimitExceeded("yaml_bytes", limits.yaml_bytes, where=where, found=len(data))
    import yaml

    try:
        return tuple(_Builder(data, where, limits, pure).documents())
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        hint = "this looks like a template: render it first (helm template)" if b"{{" in data else ""
        raise Malformed(f"not valid YAML: {_what(error)}", where=where, hint=hint) from None


class _Lines(Mapping[Pointer, int]):
    """Lines by path, looked up in the marks: a path is made only for those who ask."""

    def __init__(self, line: int, marks: Marks | None) -> None:
        self._line = line
        self._marks = marks

    def __getitem__(self, pointer: Pointer) -> int:
        line, marks = self._line, self._marks
        for step in pointer:
            if not marks or step not in marks:
                raise KeyError(pointer)
            line, marks = marks[step]
        return line

    def __iter__(self) -> Iterator[Pointer]:
        pending: list[tuple[Pointer, Marks | None]] = [((), self._marks)]
        while pending:
            pointer, marks = pending.pop()
            yield pointer
            pending += [((*pointer, step), inner) for step, (_, inner) in (marks or {}).items()]

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Anchored(msgspec.Struct, frozen=True):
    """What an alias repeats; its nodes, counting all that its own aliases repeat; and how deep it goes."""

    value: Any
    marks: Marks | None
    nodes: int
    height: int


class _Builder:
    """Values and marks from the events of the parser."""

    def __init__(self, data: bytes, where: str, limits: Limits, pure: bool) -> None:
        import yaml

        loader = (yaml.SafeLoader if pure or not yaml.__with_libyaml__ else yaml.CSafeLoader)(data)
        self._next: Callable[[], Any] = loader.get_event
        self._where = where
        self._limits = limits
        self._nodes = 0
        self._deepest = 0
        self._anchors: dict[str, _Anchored | None] = {}
        self._duplicates: list[tuple[Pointer, int]] = []

    def documents(self) -> Iterator[Document]:
        self._next()
        while _kind(self._next()) != "StreamEndEvent":
            self._anchors, self._duplicates = {}, []
            first = self._next()
            value, marks = self._node(first, ())
            self._next()
            lines = _Lines(_line(first), marks)
            yield Document(value=value, lines=lines, duplicates=tuple(self._duplicates))

    def _node(self, event: Any, path: Pointer) -> tuple[Any, Marks | None]:
        """The value that begins with `event`, and its marks."""
        if _kind(event) == "AliasEvent":
            return self._alias(event, len(path))
        self._count(1, len(path))
        if event.anchor is None:
            return self._content(event, path)
        self._anchors[event.anchor] = None
        nodes, deepest = self._nodes - 1, self._deepest
        self._deepest = len(path)
        value, marks = self._content(event, path)
        anchored = _Anchored(value, marks, self._nodes - nodes, self._deepest - len(path))
        self._anchors[event.anchor] = anchored
        self._deepest = max(deepest, self._deepest)
        return value, marks

    def _alias(self, event: Any, depth: int) -> tuple[Any, Marks | None]:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise self._fault(event, f"*{event.anchor} is not defined before this line, or holds itself")
        self._count(anchored.nodes, depth + anchored.height)
        return anchored.value, anchored.marks

    def _count(self, nodes: int, depth: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.yaml_nodes:
            raise LimitExceeded("yaml_nodes", self._limits.yaml_nodes, where=self._where)
        if depth > self._deepest:
            self._deepest = depth
            if depth > self._limits.nesting:
                raise LimitExceeded("nesting", self._limits.nesting, where=self._where)

    def _content(self, event: Any, path: Pointer) -> tuple[Any, Marks | None]:
        kind = _kind(event)
        if kind == "ScalarEvent":
            return self._scalar(event), None
        if event.tag and event.tag.startswith(_CORE) and event.tag not in _COLLECTIONS:
            raise self._fault(event, f"the tag {event.tag} is not read")
        return self._mapping(path) if kind == "MappingStartEvent" else self._sequence(path)

    def _scalar(self, event: Any) -> yaml_scalars.Scalar:
        text: str = event.value
        if event.tag is None:
            return yaml_scalars.resolve(text) if event.implicit[0] else text
        if not event.tag.startswith(_CORE):
            return text
        try:
            return yaml_scalars.resolve_as(event.tag.removeprefix(_CORE), text)
        except ValueError as error:
            raise self._fault(event, str(error)) from None

    def _sequence(self, path: Pointer) -> tuple[list[Any], Marks]:
        values: list[Any] = []
        marks: Marks = {}
        while _kind(event := self._next()) != "SequenceEndEvent":
            index = len(values)
            value, inner = self._node(event, (*path, index))
            values.append(value)
            marks[index] = _line(event), inner
        return values, marks

    def _mapping(self, path: Pointer) -> tuple[dict[str, Any], Marks]:
        values: dict[str, Any] = {}
        marks: Marks = {}
        merged: list[tuple[dict[str, Any], Marks]] = []
        while _kind(event := self._next()) != "MappingEndEvent":
            key = self._key(event, path)
            value, inner = self._node(self._next(), (*path, key))
            if key == "<<" and getattr(event, "implicit", (False,))[0]:
                merged += self._merge_sources(event, value, inner)
                continue
            if key in values:
                self._duplicates.append(((*path, key), _line(event)))
            values[key] = value
            marks[key] = _line(event), inner
        for source, source_marks in merged:
            for key in source:
                if key not in values:
                    values[key], marks[key] = source[key], source_marks[key]
        return values, marks

    def _key(self, event: Any, path: Pointer) -> str:
        if _kind(event) not in ("ScalarEvent", "AliasEvent"):
            raise self._fault(event, "a mapping or a list cannot be a key")
        value, _ = self._node(event, (*path, "key"))
        if isinstance(value, dict | list):
            raise self._fault(event, "a mapping or a list cannot be a key")
        return value if isinstance(value, str) else yaml_scalars.key(value)

    def _merge_sources(self, event: Any, value: Any, marks: Marks | None) -> list[tuple[dict[str, Any], Marks]]:
        """The mappings that `<<: value` merges, the one that wins first."""
        if isinstance(value, dict):
            return [(value, marks or {})]
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [(item, (marks or {})[index][1] or {}) for index, item in enumerate(value)]
        raise self._fault(event, "<< merges a mapping or a list of mappings, and this is neither")

    def _fault(self, event: Any, message: str) -> ValueError:
        return ValueError(f"{_place(event.start_mark)}: {message}")


def _kind(event: Any) -> str:
    return type(event).__name__


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _what(error: Exception) -> str:
    """The parser's words with line and column, from 1."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        problem = getattr(error, "problem", None) or getattr(error, "context", None)
        return f"{_place(mark)}: {problem}"
    if reason := getattr(error, "reason", None):
        return f"{reason} (at character {getattr(error, 'position', 0)})"
    return str(error)
