"""What the words of a shell script are worth, as far as that is known before it runs.

A field is a text, or None where it is not known. What the image's environment says may be said otherwise when the
container is made, so such a value is used but is not `sure`: no branch is left out because of it.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from seawall.contents.shell_syntax import Command, Parameter, Script, Substitution, Text, Unclear, Word
from seawall.model.contents import Phase

Field: TypeAlias = str | None
Fields: TypeAlias = tuple[Field, ...]

ARGUMENTS = ("@", "*", "@[@]")
FIELDS = 4096
"""Fields of one value, and a sixteenth of its characters: stops scripts whose values double."""


class State(msgspec.Struct, kw_only=True):
    """The shell at one moment. `fields` are the arguments, None where not even their number is known.

    `sure` names the variables whose values are the script's own. `ended` says why nothing follows: `exec`, `exit`.
    `phase` is that of the shell's own process.
    """

    variables: dict[str, Fields | Field]
    sure: set[str] = msgspec.field(default_factory=set)
    exported: set[str] = msgspec.field(default_factory=set)
    arguments: Fields | None = ()
    functions: dict[str, Command] = msgspec.field(default_factory=dict)
    folder: str = ""
    script: str = ""
    ended: str = ""
    phase: Phase = "main"

    def copy(self) -> State:
        return State(
            variables=dict(self.variables),
            sure=set(self.sure),
            exported=set(self.exported),
            arguments=self.arguments,
            functions=dict(self.functions),
            folder=self.folder,
            script=self.script,
            ended=self.ended,
            phase=self.phase,
        )

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for states that behave the same."""
        known = frozenset(self.variables.items())
        return known, frozenset(self.sure), self.arguments, frozenset(self.functions), self.folder, self.ended

    def assign(self, name: str, value: Fields | Field) -> None:
        bounded = len(value or ()) > (FIELDS if isinstance(value, tuple) else 16 * FIELDS)
        self.variables[name] = None if bounded else value
        self.sure.add(name)

    @property
    def environment(self) -> dict[str, str]:
        """What a program gets that is started now."""
        return {k: v for k, v in self.variables.items() if isinstance(v, str) and k in self.exported}


class Words:
    """Expands words. `printed` runs a substitution and says what it prints; `matches` gives the paths of a pattern."""

    def __init__(
        self, printed: Callable[[Script, State], Field], matches: Callable[[str, State], tuple[str, ...]]
    ) -> None:
        self._printed, self._matches = printed, matches

    def text(self, word: Word, state: State) -> Field:
        """The word as one text, without splitting."""
        pieces = [self._value(part, state) for part in word]
        texts = [piece if not isinstance(piece, tuple) else _joined(piece) for piece in pieces]
        return _joined(tuple(texts), "")

    def pattern(self, word: Word, state: State) -> Field:
        """As `text`, with what is quoted made to stand for itself."""
        pieces = []
        for part in word:
            value = self._value(part, state)
            value = _joined(value) if isinstance(value, tuple) else value
            pieces.append(re.sub(r"([*?\[])", r"[\1]", value) if part.quoted and value else value)
        return _joined(tuple(pieces), "")

    def sure(self, word: Word, state: State) -> bool:
        """Whether the value holds whatever the container's environment is."""
        return all(self._sure(part, state) for part in word)

    def _sure(self, part: Text | Parameter | Substitution | Unclear, state: State) -> bool:
        if isinstance(part, Text):
            return True
        if not isinstance(part, Parameter):
            return isinstance(part, Substitution)
        own = part.name in state.sure or part.name in ARGUMENTS or part.name in "#0" or part.name.isdecimal()
        return own and self.sure(part.argument, state)

    def all_fields(self, words: tuple[Word, ...], state: State) -> list[Field]:
        return [field for word in words for field in self.fields(word, state)][:FIELDS]

    def fields(self, word: Word, state: State) -> list[Field]:
        """The word expanded, split, and its patterns replaced by paths, as for a command."""
        done: list[list[Field]] = []
        begun = False
        wild = any(isinstance(part, Text) and not part.quoted and re.search(r"[*?\[]", part.text) for part in word)
        for part in word:
            value = self._value(part, state)
            if not isinstance(part, Text) and not part.quoted:
                value = _split(value)
            several = value if isinstance(value, tuple) else (value,)
            for at, field in enumerate(several):
                if at or not begun:
                    done.append([])
                done[-1].append(field)
                begun = True
        joined = [_joined(tuple(pieces), "") for pieces in done]
        if wild and len(joined) == 1 and joined[0] is not None:
            pattern = self.pattern(word, state)
            return [*self._matches(pattern, state)] if pattern else joined
        return joined

    def _value(self, part: Text | Parameter | Substitution | Unclear, state: State) -> Field | Fields:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Substitution):
            return self._printed(part.script, state)
        return self._parameter(part, state) if isinstance(part, Parameter) else None

    def _parameter(self, part: Parameter, state: State) -> Field | Fields:
        value, there = look_up(part.name, state)
        operator = part.operator
        if operator in (":-", "-", ":=", "=", ":+", "+", ":?", "?"):
            return self._default(part, value, there, state)
        if isinstance(value, tuple):
            return value if not operator else (str(len(value)) if operator == "length" else tuple(None for _ in value))
        if value is None:
            return None
        if operator == "length":
            return str(len(value))
        if operator == ":":
            return _piece(value, self.text(part.argument, state))
        if operator in ("^^", ",,"):
            return value.upper() if operator == "^^" else value.lower()
        if operator in ("#", "##", "%", "%%"):
            return _stripped(value, operator, self.pattern(part.argument, state))
        return value if not operator else None

    def _default(self, part: Parameter, value: Field | Fields, there: bool, state: State) -> Field | Fields:
        colon = part.operator[0] == ":"
        empty = not there or (colon and value in ("", ()))
        if part.operator[-1] == "+":
            whole = len(part.argument) == 1 and isinstance(part.argument[0], Parameter)
            return () if empty and not part.quoted else "" if empty else self._inner(part, state, whole)
        if not empty or part.operator[-1] == "?":
            return value
        default = self.text(part.argument, state)
        if part.operator[-1] == "=":
            state.variables[part.name] = default
        return default

    def _inner(self, part: Parameter, state: State, whole: bool) -> Field | Fields:
        """`${1+"$@"}` keeps its fields."""
        if whole or any(isinstance(inner, Parameter) and inner.name in ARGUMENTS for inner in part.argument):
            return tuple(self.fields(part.argument, state))
        return self.text(part.argument, state)


def look_up(name: str, state: State) -> tuple[Field | Fields, bool]:
    """The value of a parameter, and whether it is set."""
    arguments = state.arguments
    if name in ARGUMENTS:
        return (None,) if arguments is None else arguments, arguments is None or bool(arguments)
    if name == "#":
        return (None if arguments is None else str(len(arguments))), True
    if name == "0":
        return state.script or None, True
    if name.isdecimal():
        at = int(name) - 1
        if arguments is None:
            return None, True
        return (arguments[at], True) if at < len(arguments) else ("", False)
    if name in ("?", "$", "!", "-", "RANDOM", "HOSTNAME", "PPID"):
        return None, True
    if name == "PWD":
        return f"/{state.folder}", True
    value = state.variables.get(name.removesuffix("[@]"), "")
    there = name.removesuffix("[@]") in state.variables
    if name.endswith("[@]"):
        return value if isinstance(value, tuple) else (value,) if there else (), there
    return (value[0] if value else "") if isinstance(value, tuple) else value, there


def matches(text: str, pattern: str) -> bool:
    """Whether a shell pattern fits the whole text."""
    return fnmatch.fnmatchcase(text, pattern.replace("[^", "[!"))


def _joined(pieces: Fields, between: str = " ") -> Field:
    texts = [piece for piece in pieces if piece is not None]
    return between.join(texts) if len(texts) == len(pieces) else None


def _split(value: Field | Fields) -> Fields:
    if isinstance(value, tuple):
        return tuple(field for each in value for field in _split(each))
    return (None,) if value is None else tuple(value.split())


def _piece(value: str, where: Field) -> Field:
    found = re.fullmatch(r"\s*(-?\d+)(?:\s*:\s*(-?\d+))?", where or "")
    if not found:
        return None
    start = int(found[1][:9])
    rest = value[start:] if start >= 0 or -start <= len(value) else ""
    return rest if found[2] is None else rest[: int(found[2][:9])]


def _stripped(value: str, operator: str, pattern: Field) -> Field:
    if pattern is None or len(value) > FIELDS:
        return None
    lengths = list(range(len(value) + 1))
    for cut in lengths if len(operator) == 1 else reversed(lengths):
        if operator[0] == "#" and matches(value[:cut], pattern):
            return value[cut:]
        if operator[0] == "%" and matches(value[len(value) - cut :], pattern):
            return value[: len(value) - cut]
    return value
