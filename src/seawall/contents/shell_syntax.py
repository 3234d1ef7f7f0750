"""What a shell script consists of, as far as it matters to what it runs."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Text(msgspec.Struct, frozen=True):
    """Characters as they stand; where they are not `quoted`, `*`, `?` and `[` are a pattern."""

    text: str
    quoted: bool = False


class Parameter(msgspec.Struct, frozen=True):
    """`$name` or `${name<operator>argument}`, `length` for `${#name}`. `name` ends in [@] for all of an array."""

    name: str
    quoted: bool
    operator: str = ""
    argument: Word = ()


class Substitution(msgspec.Struct, frozen=True):
    """`$(…)`, backquotes, or `<(…)`: what the commands print."""

    script: Script
    quoted: bool


class Unclear(msgspec.Struct, frozen=True):
    """Something whose value is not worked out here: arithmetic, indirection, patterns of bash."""

    quoted: bool


Part: TypeAlias = Text | Parameter | Substitution | Unclear
Word: TypeAlias = tuple[Part, ...]


class Assignment(msgspec.Struct, frozen=True):
    """`name=value`, `name=(values)`, or `name+=…`. `values` has one word where it is no `array`."""

    name: str
    values: tuple[Word, ...]
    array: bool = False
    append: bool = False


class Simple(msgspec.Struct, frozen=True):
    """A command with its words. `texts` are its here-documents and the files that it reads and writes."""

    line: int
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()
    texts: list[Word] = msgspec.field(default_factory=list)


class Pipeline(msgspec.Struct, frozen=True):
    """Commands that run at once; `negated` by `!`."""

    commands: tuple[Command, ...]
    negated: bool = False


class Chain(msgspec.Struct, frozen=True):
    """Pipelines with `&&` or `||` between them; one operator fewer than pipelines."""

    pipelines: tuple[Pipeline, ...]
    operators: tuple[str, ...] = ()
    background: bool = False


class If(msgspec.Struct, frozen=True):
    """`branches` are conditions with their bodies."""

    branches: tuple[tuple[Script, Script], ...]
    otherwise: Script = ()


class While(msgspec.Struct, frozen=True):
    """`while` and `until`."""

    condition: Script
    body: Script


class For(msgspec.Struct, frozen=True):
    """`for name in words`; `words` is None where it goes over the arguments."""

    name: str
    words: tuple[Word, ...] | None
    body: Script


class Case(msgspec.Struct, frozen=True):
    """`arms` are patterns with their bodies."""

    word: Word
    arms: tuple[tuple[tuple[Word, ...], Script], ...]


class Function(msgspec.Struct, frozen=True):
    """A definition: nothing runs yet."""

    name: str
    body: Command


class Group(msgspec.Struct, frozen=True):
    """`{ …; }`, or `( … )` in a shell of its own."""

    body: Script
    apart: bool = False


Command: TypeAlias = Simple | If | While | For | Case | Function | Group
Script: TypeAlias = tuple[Chain, ...]
