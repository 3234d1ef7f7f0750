"""The commands that are built into a shell, as far as they change what runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from seawall.contents.shell_states import Outcomes
from seawall.contents.shell_values import Field, Fields, State
from seawall.contents.trace_files import Files, join, read, real
from seawall.model.contents import Phase

DEPTH = 24
"""Functions and scripts inside each other."""


class Host(Protocol):
    """Where programs are started and doubts are kept."""

    @property
    def files(self) -> Files: ...
    def start(self, words: Fields, state: State, phase: Phase, why: str) -> None: ...
    def doubt(self, sentence: str) -> None: ...
    def touch(self, path: str, phase: Phase, why: str) -> None: ...
    def find(self, name: str, state: State) -> str | None: ...
    def spent(self) -> bool: ...


class Builtins(ABC):
    """Of one process of a shell; `name` is what its script is called in sentences."""

    def __init__(self, host: Host, name: str, depth: int) -> None:
        self._host, self._name, self._depth = host, name, depth

    @abstractmethod
    def follow(self, text: str, state: State, phase: Phase, *, line: int = 0) -> list[State]:
        """The states at the end of a script. What cannot be read is a doubt."""

    @abstractmethod
    def words_run(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        """A command by its fields: a function, something built in, or a program."""

    def _cd(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        words = [word for word in fields[1:] if word is None or not word.startswith("-")]
        target = words[0] if words else state.variables.get("HOME", "")
        state.folder = join(state.folder, target) if isinstance(target, str) else "?"
        return [(state, None if real(self._host.files, state.folder) is None else True)]

    def _set(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        if "--" in fields:
            state.arguments = tuple(fields[fields.index("--") + 1 :])
        elif len(fields) > 1 and (fields[1] is None or fields[1][:1] not in "-+"):
            state.arguments = tuple(fields[1:])
        return [(state, True)]

    def _shift(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        by = fields[1] if len(fields) > 1 else "1"
        known = by is not None and by.isdecimal() and state.arguments is not None
        state.arguments = (state.arguments or ())[int((by or "0")[:9]) :] if known else None
        return [(state, True)]

    def _unset(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        for name in fields[1:]:
            state.variables.pop(name or "", None)
            state.sure.add(name or "")
        return [(state, True)]

    def _eval(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        words = [word for word in fields[1:] if word is not None]
        if len(words) < len(fields) - 1:
            self._host.doubt(f"{self._name}, line {line}: eval of a text that is not known")
            return [(state, None)]
        self._depth += 1
        states = self.follow(" ".join(words), state, phase, line=line)
        self._depth -= 1
        return [(after, None) for after in states]

    def _exec(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        words = fields[1:]
        while words and words[0] in ("-a", "-c", "-l", "--"):
            words = words[2:] if words[0] == "-a" else words[1:]
        if not words:
            return [(state, True)]
        self._host.start(tuple(words), state, state.phase, f"exec in {self._name}, line {line}")
        state.ended = "exec"
        return [(state, None)]

    def _source(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        name = fields[1] if len(fields) > 1 else ""
        if not name:
            self._host.doubt(f"{self._name}, line {line}: reads a script whose name is not known")
            return [(state, None)]
        path = join(state.folder, name) if "/" in name else self._host.find(name, state) or join(state.folder, name)
        text = read(self._host.files, path)
        if text is None:
            self._host.doubt(f"{self._name}, line {line}: the script /{path} is not in the image, or was not kept")
            return [(state, None)]
        self._host.touch(path, phase, f"read by {self._name}, line {line}")
        arguments = state.arguments
        if len(fields) > 2:
            state.arguments = tuple(fields[2:])
        inner = type(self)(self._host, f"/{path}", self._depth + 1)
        outcomes: Outcomes = []
        for after in inner.follow(text, state, phase):
            after.ended = after.ended.replace("return", "")
            after.arguments = arguments if len(fields) > 2 else after.arguments
            outcomes.append((after, None))
        return outcomes

    def _trap(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        if len(fields) > 2 and fields[1] and fields[1] != "-":
            self.follow(fields[1], state.copy(), "main", line=line)
        return [(state, True)]

    def _found(self, fields: list[Field], state: State, phase: Phase, line: int) -> Outcomes:
        """`command`, `type`, `builtin`: a question whether a program is there, or a way to run it."""
        asked = fields[0] == "type" or (len(fields) > 1 and (fields[1] or "").startswith("-"))
        words = [word for word in fields[1:] if word != "-p" or asked]
        if asked:
            names = [word for word in words if word and not word.startswith("-")]
            known = [self._host.find(name, state) is not None or name in state.functions for name in names]
            return [(state, all(known) if known else None)]
        return self.words_run(words, state, phase, line) if words and words[0] else [(state, None)]
