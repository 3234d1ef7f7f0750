"""A value of a YAML file changed in its text. What comes out is read again: it says what was wanted, or is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from seawall.errors import SeawallError
from seawall.remedies.manifests.render import render
from seawall.safe import yaml
from seawall.safe.yaml import Document, Pointer

_AFTER = {"command": "image", "args": "command", "workingDir": "image"}
_BEFORE = {"initContainers": "containers"}
"""Where a new key goes: behind another one, before another one; else behind the last."""


class NotEdited(Exception):
    """The text is written so that it cannot be changed line by line. Never leaves this package's callers."""


class _Change(msgspec.Struct, frozen=True):
    """Lines `start` to `end` (from 0, end left out) give way to others."""

    start: int
    end: int
    lines: tuple[str, ...]

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it goes; of two at one line the inner one comes first."""
        indent = len(self.lines[0]) - len(self.lines[0].lstrip()) if self.lines else 0
        return self.start, self.end, -indent


def edit(text: str, documents: tuple[Document, ...], index: int, at: Pointer, wanted: Any) -> str:
    """The text whose document `index` has `wanted` at the path `at`. Raises NotEdited."""
    document = documents[index]
    expected = [_with(each.value, at, wanted) if n == index else each.value for n, each in enumerate(documents)]
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(ending)
    try:
        changes = [*_Editor(lines, document).changes(at, _value(document.value, at), wanted)]
    except (KeyError, IndexError):
        raise NotEdited from None
    for change in sorted(changes, key=lambda each: each.place)[::-1]:
        lines[change.start : change.end] = change.lines
    edited = ending.join(lines)
    try:
        found = [each.value for each in yaml.load_all(edited.encode(), where="the changed manifest")]
    except (SeawallError, UnicodeEncodeError):
        raise NotEdited from None
    if found != expected:
        raise NotEdited
    return edited


class _Editor:
    def __init__(self, lines: list[str], document: Document) -> None:
        self._lines, self._marks = lines, document.lines

    def changes(self, at: Pointer, old: Any, new: Any) -> Iterator[_Change]:
        """What has to change at a path that holds a mapping before and after, or lists of such of one length."""
        if isinstance(old, list):
            for number, (before, after) in enumerate(zip(old, new, strict=True)):
                if before != after:
                    yield from self.changes((*at, number), before, after)
            return
        for key in [*old, *(each for each in new if each not in old)]:
            before, after = old.get(key), new.get(key)
            if key in old and key in new and before == after:
                continue
            if key not in old:
                yield self._inserted(at, old, key, after)
            elif key not in new:
                yield self._deleted((*at, key), before)
            elif _alike(before, after):
                yield from self.changes((*at, key), before, after)
            elif isinstance(before, list) and isinstance(after, list) and before and after[: len(before)] == before:
                yield self._appended((*at, key), before, after[len(before) :])
            else:
                start, column, end = self._block((*at, key), before)
                first, *rest = render({key: after}, column)
                yield _Change(start, end, (self._lines[start][:column] + first[column:], *rest))

    def _block(self, at: Pointer, value: Any) -> tuple[int, int, int]:
        """The line and column of a key, and the line after its value."""
        start, key = self._marks[at] - 1, re.escape(str(at[-1]))
        match = re.match(rf"[\s-]*(?=([\"']?){key}\1\s*:)", self._lines[start])
        if not match:
            raise NotEdited
        column, end = match.end(), start + 1
        for number in range(start + 1, len(self._lines)):
            line = self._lines[number]
            bare = line.strip()
            indent = len(line) - len(line.lstrip())
            if not bare or bare.startswith("#"):
                continue
            listed = indent == column and isinstance(value, list) and bare.startswith("-") and bare != "---"
            if indent <= column and not listed:
                break
            end = number + 1
        return start, column, end

    def _inserted(self, at: Pointer, old: Mapping[str, Any], key: str, value: Any) -> _Change:
        if not old:
            raise NotEdited
        if _BEFORE.get(key) in old:
            start, column, _ = self._block((*at, _BEFORE[key]), old[_BEFORE[key]])
            if self._lines[start][:column].strip():
                raise NotEdited
            return _Change(start, start, tuple(render({key: value}, column)))
        beside = _AFTER.get(key, "")
        beside = beside if beside in old else max(old, key=lambda each: self._marks[(*at, each)])
        _, column, end = self._block((*at, beside), old[beside])
        return _Change(end, end, tuple(render({key: value}, column)))

    def _deleted(self, at: Pointer, value: Any) -> _Change:
        start, column, end = self._block(at, value)
        if self._lines[start][:column].strip():
            raise NotEdited
        return _Change(start, end, ())

    def _appended(self, at: Pointer, old: list[Any], more: list[Any]) -> _Change:
        start, _, end = self._block(at, old)
        match = re.match(r"(\s*)-", self._lines[self._marks[(*at, len(old) - 1)] - 1])
        if not match or end == start + 1:
            raise NotEdited
        return _Change(end, end, tuple(render(more, len(match[1]))))


def _alike(before: Any, after: Any) -> bool:
    """Whether both are mappings with something in common, or lists of mappings that are told apart by their place."""
    if isinstance(before, dict) and isinstance(after, dict):
        return bool(set(before) & set(after))
    lists = isinstance(before, list) and isinstance(after, list) and len(before) == len(after)
    return lists and all(isinstance(b, dict) and isinstance(a, dict) for b, a in zip(before, after, strict=True))


def _value(value: Any, at: Pointer) -> Any:
    for step in at:
        value = value[step]
    return value


def _with(value: Any, at: Pointer, wanted: Any) -> Any:
    if not at:
        return wanted
    changed: Any = list(value) if isinstance(value, list) else dict(value)
    changed[at[0]] = _with(value[at[0]], at[1:], wanted)
    return changed
