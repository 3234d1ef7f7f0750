"""The tree of a Bicep file. Every node knows its line and column, from 1."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Node(msgspec.Struct, frozen=True):
    """Base of all nodes."""

    line: int
    column: int


class Literal(Node, frozen=True):
    """A text, whole number, true, false or null."""

    value: str | int | bool | None


class Text(Node, frozen=True):
    """'a${b}c': texts and expressions, in turn, the first and last a text."""

    parts: tuple[str | Expression, ...]


class Name(Node, frozen=True):
    """What a declaration, a loop or a lambda is called."""

    name: str


class Spread(Node, frozen=True):
    """`...value` in an object or a list."""

    value: Expression


class Property(Node, frozen=True):
    """`key: value`; the key is a text or, where it is put together, an expression."""

    key: str | Text
    value: Expression


class Object(Node, frozen=True):
    """`{ … }`; `children` are the resources declared inside it."""

    items: tuple[Property | Spread, ...]
    children: tuple[Declaration, ...] = ()


class Array(Node, frozen=True):
    """`[ … ]`."""

    items: tuple[Expression | Spread, ...]


class For(Node, frozen=True):
    """`[for (item, index) in source: body]`; `index` is "" where it has no name."""

    item: str
    index: str
    source: Expression
    body: Expression


class If(Node, frozen=True):
    """`if (condition) body`, of a resource or module, or inside a loop."""

    condition: Expression
    body: Expression


class Call(Node, frozen=True):
    """`name(arguments)`, `sys.name(arguments)`, or `target.name(arguments)` for what a resource offers."""

    name: str
    arguments: tuple[Expression, ...]
    target: Expression | None = None


class Member(Node, frozen=True):
    """`target.name`, `target.?name` (safe), `target::name` (nested)."""

    target: Expression
    name: str
    safe: bool = False
    nested: bool = False


class Index(Node, frozen=True):
    """`target[index]`, `target[?index]` (safe)."""

    target: Expression
    index: Expression
    safe: bool = False


class Unary(Node, frozen=True):
    """`!operand` or `-operand`; the postfix `!` changes no value and leaves no node."""

    operator: str
    operand: Expression


class Binary(Node, frozen=True):
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression


class Ternary(Node, frozen=True):
    """`condition ? yes : no`."""

    condition: Expression
    yes: Expression
    no: Expression


class Lambda(Node, frozen=True):
    """`(names) => body`."""

    names: tuple[str, ...]
    body: Expression


Expression: TypeAlias = (
    Literal
    | Text
    | Name
    | Object
    | Array
    | For
    | If
    | Call
    | Member
    | Index
    | Unary
    | Binary
    | Ternary
    | Lambda
    | Spread
)


class Type(Node, frozen=True):
    """A type, as far as values depend on it: its name (`array` and `object` for what is written out), "" for others."""

    name: str = ""
    nullable: bool = False


class Declaration(Node, frozen=True, kw_only=True):
    """One statement.

    `keyword` is `param`, `var`, `resource` and so on; `name` what is declared; `value` what stands after `=` (after
    `=>` for a `func`, whose `parameters` are named). `reference` is the text of a resource's type, a module's path or
    where an import comes from; `imported` holds the names taken from there, (theirs, ours), `*` for all.
    `decorators` are what follows each `@`.
    """

    keyword: str
    name: str = ""
    value: Expression | None = None
    reference: str = ""
    existing: bool = False
    type: Type | None = None
    parameters: tuple[str, ...] = ()
    imported: tuple[tuple[str, str], ...] = ()
    decorators: tuple[Expression, ...] = ()

    def decorator(self, name: str) -> Call | None:
        """The decorator of that name, if it has it."""
        return next((each for each in self.decorators if isinstance(each, Call) and each.name == name), None)


class Fault(Node, frozen=True):
    """A statement that could not be read: what was wrong, and where."""

    message: str


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file."""

    declarations: tuple[Declaration, ...]
    faults: tuple[Fault, ...]
