"""Where in a JSON text its keys and items begin: one pass over the text, which only looks at what is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

Pointer: TypeAlias = tuple[str | int, ...]

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SPACE = re.compile(rb"[ \t\r\n]*+")
_MARK = re.compile(rb"[ \t\r\n]*+([,\]}]?)")
_KEY = re.compile(rb"(" + _STRING + rb")[ \t\r\n]*+:[ \t\r\n]*+", re.DOTALL)
_SCALAR = re.compile(_STRING + rb'|[^\[\]{}",\s]++', re.DOTALL)
_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+([\[\]{}])", re.DOTALL)


class _Wanted(msgspec.Struct, gc=False):
    """A key or item on the way to one that is asked for.

    `visit` numbers the visits of all; `within` is the visit of the parent in which this one was seen. A key that is
    written twice has the parent visited twice, and what was seen in the first visit no longer counts. `pointer` is the
    whole way to it where it is itself asked for.
    """

    pointer: Pointer | None = None
    children: dict[str | int, _Wanted] | None = None
    offset: int = -1
    visit: int = 0
    within: int = 0


def find(text: bytes, pointers: Iterable[Pointer]) -> dict[Pointer, int]:
    """The line, from 1, of each pointer that leads somewhere in `text`, which is UTF-8."""
    root = _Wanted()
    for pointer in pointers:
        wanted = root
        for step in pointer:
            if wanted.children is None:
                wanted.children = {}
            child = wanted.children.get(step)
            if child is None:  # not setdefault: most steps are there already
                child = wanted.children[step] = _Wanted()
            wanted = child
        wanted.pointer = pointer
    _scan(text, root)
    lines: dict[Pointer, int] = {}
    line, counted = 1, 0
    for pointer, offset in sorted(_seen(root), key=lambda seen: seen[1]):
        line += text.count(b"\n", counted, offset)
        counted = offset
        lines[pointer] = line
    return lines


class _Open(msgspec.Struct):
    """A container that is being read, on its visit; `index` of its next item, -1 for an object."""

    children: dict[str | int, _Wanted]
    visit: int
    index: int


def _scan(text: bytes, root: _Wanted) -> None:
    """Note the offset of everything wanted, up to the end of the text or its first fault."""
    stack: list[_Open] = []
    visits = root.visit = 1
    root.offset = _after_space(text, 0)
    position = _enter(text, root.offset, root, stack)
    while stack and position >= 0:
        mark = _MARK.match(text, position)
        assert mark  # it matches nothing at all, too
        begin = position = mark.start(1)
        if mark[1]:
            position += 1
            if mark[1] != b",":
                stack.pop()
            continue
        container = stack[-1]
        if container.index >= 0:
            step: str | int = container.index
            container.index += 1
        elif key := _KEY.match(text, begin):
            step, position = _decoded(key[1]), key.end()
        else:
            return
        wanted = container.children.get(step)
        if wanted is None:
            position = _past(text, position)
        else:
            visits += 1
            wanted.offset, wanted.visit, wanted.within = begin, visits, container.visit
            position = _enter(text, position, wanted, stack) if wanted.children else _past(text, position)


def _enter(text: bytes, position: int, wanted: _Wanted, stack: list[_Open]) -> int:
    """Go into the value at `position` if something in it is wanted, otherwise past it; -1 for a fault."""
    mark = text[position : position + 1]
    if not wanted.children or mark not in (b"{", b"["):
        return _past(text, position)
    stack.append(_Open(wanted.children, wanted.visit, 0 if mark == b"[" else -1))
    return position + 1


def _past(text: bytes, position: int) -> int:
    """Where the value at `position` ends, -1 for a fault."""
    if text[position : position + 1] not in (b"{", b"["):
        scalar = _SCALAR.match(text, position)
        return scalar.end() if scalar else -1
    depth = 0
    while bracket := _BRACKET.match(text, position):
        position = bracket.end()
        depth += 1 if bracket[1] in b"{[" else -1
        if not depth:
            return position
    return -1


def _after_space(text: bytes, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _decoded(key: bytes) -> str:
    """The key in quotes as `load` gives it; a fault in it gives a key that nobody asks for."""
    try:
        return msgspec.json.decode(key, type=str) if b"\\" in key else key[1:-1].decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "\0"


def _seen(root: _Wanted) -> Iterator[tuple[Pointer, int]]:
    """What was asked for and met, with its offset."""
    pending = [root]
    while pending:
        wanted = pending.pop()
        if wanted.pointer is not None:
            yield wanted.pointer, wanted.offset
        for child in (wanted.children or {}).values():
            if child.visit and child.within == wanted.visit:
                pending.append(child)
