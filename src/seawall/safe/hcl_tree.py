"""The tree that HCL is read into: expressions, and bodies of attributes and blocks."""

from __future__ import annotations

import msgspec


class Expression(msgspec.Struct, frozen=True):
    """Base of what can be evaluated. `line` counts from 1."""

    line: int


class Literal(Expression, frozen=True):
    """A text, number, truth value or null."""

    value: str | int | float | bool | None


class Template(Expression, frozen=True):
    """Texts and expressions, to be put together as one text. `"${x}"` alone is not a template but x itself."""

    parts: tuple[Expression, ...]


class Choice(Expression, frozen=True):
    """`%{ if }` in a template."""

    condition: Expression
    then: Template
    otherwise: Template


class Repeat(Expression, frozen=True):
    """`%{ for }` in a template. `names` are one or two: value, or key and value."""

    names: tuple[str, ...]
    source: Expression
    body: Template


class Variable(Expression, frozen=True):
    """A name by itself: the beginning of `var.x`, or what a `for` binds."""

    name: str


class Item(Expression, frozen=True):
    """The element that a splat is at."""


class Get(Expression, frozen=True):
    """`source.name`."""

    source: Expression
    name: str


class Index(Expression, frozen=True):
    """`source[key]`, or `source.0`."""

    source: Expression
    key: Expression


class Splat(Expression, frozen=True):
    """`source[*].each`: `each` is taken of every element, which is its `Item`."""

    source: Expression
    each: Expression


class List(Expression, frozen=True):
    """`[a, b]`."""

    items: tuple[Expression, ...]


class Object(Expression, frozen=True):
    """`{ a = b }`. A key that is a bare name is a Literal."""

    pairs: tuple[tuple[Expression, Expression], ...]


class Call(Expression, frozen=True):
    """`name(arguments…)`. `spread`: the last argument is a list of arguments."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool = False


class Operation(Expression, frozen=True):
    """One operand after the operator (`!`, `-`), or two around it."""

    operator: str
    operands: tuple[Expression, ...]


class Conditional(Expression, frozen=True):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression


class For(Expression, frozen=True):
    """`[for n in source : value if condition]`, or an object where there is a `key`. `grouped`: `value...`."""

    names: tuple[str, ...]
    source: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool = False


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """`kind "label" { body }`."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    line: int


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes by name, blocks in order, and the lines of what could not be read here or in a block within."""

    attributes: dict[str, Expression]
    blocks: tuple[Block, ...]
    faults: tuple[int, ...] = ()
