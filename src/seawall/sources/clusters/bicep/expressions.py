"""Expressions: operators by their precedence, members, calls, objects, lists, loops and lambdas."""

from __future__ import annotations

from typing import Final

from seawall.sources.clusters.bicep.lexer import CLOSING, MIDDLE, NAME, NEWLINE, NUMBER, OPENING, TEXT
from seawall.sources.clusters.bicep.syntax import (
    Array,
    Binary,
    Call,
    Declaration,
    Expression,
    For,
    If,
    Index,
    Lambda,
    Literal,
    Member,
    Name,
    Object,
    Property,
    Spread,
    Ternary,
    Text,
    Unary,
)
from seawall.sources.clusters.bicep.types import Types

_BINDING: Final = {
    "??": 1,
    "||": 2,
    "&&": 3,
    "==": 4,
    "!=": 4,
    "=~": 4,
    "!~": 4,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
}
"""How strongly an operator binds. https://learn.microsoft.com/azure/azure-resource-manager/bicep/operators"""

_UNARY: Final = 8
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


class Expressions(Types):
    """The parser of expressions. Line breaks may stand where no statement could end."""

    def expression(self) -> Expression:
        """Any expression."""
        self.deeper()
        condition = self._operators(0)
        if self._next_line_is("?"):
            self.lines_break()
            self.at += 1
            self.lines_break()
            yes = self.expression()
            self.lines_break()
            self.take(":")
            self.lines_break()
            no = self.expression()
            condition = Ternary(condition.line, condition.column, condition, yes, no)
        self.depth -= 1
        return condition

    def child(self) -> Declaration | None:
        """A resource declared inside the body of another, if one begins here."""
        raise NotImplementedError

    def body(self) -> Expression:
        """What stands after the `=` of a resource or module: an object, an `if`, or a loop of them."""
        return self._if() if self.word_is("if") else self.expression()

    def _next_line_is(self, *kinds: str) -> bool:
        """True when one of `kinds` comes next, be it on another line."""
        at = self.at
        while self.kinds[at] == NEWLINE:
            at += 1
        return self.kinds[at] in kinds

    def _operators(self, weakest: int) -> Expression:
        """Operands joined by operators that bind more strongly than `weakest`."""
        left = self._unary()
        while True:
            at = self.at
            if self.kinds[at] == NEWLINE:
                while self.kinds[at] == NEWLINE:
                    at += 1
                if self.kinds[at] == "-":  # a list's next item
                    return left
            operator = self.kinds[at]
            binding = _BINDING.get(operator, 0)
            if binding <= weakest:
                return left
            self.at = at + 1
            self.lines_break()
            left = Binary(left.line, left.column, operator, left, self._operators(binding))

    def _unary(self) -> Expression:
        kind = self.kinds[self.at]
        if kind != "!" and kind != "-":
            return self._postfix()
        line, column = self.place
        self.at += 1
        self.deeper()
        operand = self._unary()
        self.depth -= 1
        return Unary(line, column, kind, operand)

    def _postfix(self) -> Expression:
        node = self._primary()
        while True:
            kind = self.kinds[self.at]
            if kind == ".":
                node = self._member(node)
            elif kind == "[":
                line, column = self.place
                self.at += 1
                self.lines_break()
                safe = self.skip("?")
                node = Index(line, column, node, self.expression(), safe)
                self.lines_break()
                self.take("]")
            elif kind == "::":
                line, column = self.place
                self.at += 1
                node = Member(line, column, node, self.take(NAME, "a name"), False, True)
            elif kind == "!":
                self.at += 1
            elif kind == NEWLINE and self._next_line_is("."):
                self.lines_break()
            else:
                return node

    def _member(self, target: Expression) -> Expression:
        line, column = self.place
        self.at += 1
        safe = self.skip("?")
        name = self.take(NAME, "a name")
        if not self.next_is("("):
            return Member(line, column, target, name, safe)
        arguments = self._arguments()
        if isinstance(target, Name) and target.name in ("sys", "az"):
            return Call(line, column, name, arguments)
        return Call(line, column, name, arguments, target)

    def _primary(self) -> Expression:
        kind = self.kinds[self.at]
        line, column = self.place
        if kind == NAME:
            return self._name(line, column)
        if kind == TEXT:
            self.at += 1
            return Literal(line, column, self.texts[self.at - 1])
        if kind == OPENING:
            return self._text()
        if kind == NUMBER:
            return Literal(line, column, self._number())
        if kind == "{":
            return self._object()
        if kind == "[":
            return self._list()
        if kind == "(":
            return self._parentheses()
        raise self.wrong("a value")

    def _name(self, line: int, column: int) -> Expression:
        name = self.texts[self.at]
        self.at += 1
        kind = self.kinds[self.at]
        if kind == "(":
            return Call(line, column, name, self._arguments())
        if kind == "=>":
            return self._lambda((name,), line, column)
        if name in _CONSTANTS:
            return Literal(line, column, _CONSTANTS[name])
        return Name(line, column, name)

    def _number(self) -> int:
        digits = self.take(NUMBER)
        if len(digits) > 19:  # beyond 64 bits, as for the compiler
            self.at -= 1
            raise self.wrong("a number of 64 bits")
        return int(digits)

    def _lambda(self, names: tuple[str, ...], line: int, column: int) -> Lambda:
        self.take("=>")
        self.lines_break()
        return Lambda(line, column, names, self.expression())

    def _text(self) -> Text:
        line, column = self.place
        parts: list[str | Expression] = [self.take(OPENING)]
        while True:
            self.lines_break()
            parts.append(self.expression())
            self.lines_break()
            if self.next_is(CLOSING):
                parts.append(self.take(CLOSING))
                return Text(line, column, tuple(parts))
            parts.append(self.take(MIDDLE, "the end of the text"))

    def _arguments(self) -> tuple[Expression, ...]:
        self.take("(")
        arguments: list[Expression] = []
        while True:
            self.lines_break()
            if self.skip(")"):
                return tuple(arguments)
            if arguments:
                self.take(",", "',' or ')'")
                self.lines_break()
            arguments.append(self.expression())

    def _parentheses(self) -> Expression:
        """`(value)`, or the names of a lambda."""
        line, column = self.place
        if names := self._lambda_names():
            return self._lambda(names[0], line, column)
        self.at += 1
        self.lines_break()
        inner = self.expression()
        self.lines_break()
        self.take(")")
        return inner

    def _lambda_names(self) -> list[tuple[str, ...]]:
        """The names in `(a, b) =>`, in a list of one; nothing where this is something else."""
        at, names = self.at + 1, []
        while self.kinds[at] == NAME:
            names.append(self.texts[at])
            at += 1
            if self.kinds[at] != ",":
                break
            at += 1
        if self.kinds[at] != ")" or self.kinds[at + 1] != "=>":
            return []
        self.at = at + 1
        return [tuple(names)]

    def _object(self) -> Object:
        self.deeper()
        line, column = self.place
        self.take("{")
        items: list[Property | Spread] = []
        children: list[Declaration] = []
        while not self.skip("}"):
            if self.skip(NEWLINE) or self.skip(","):
                continue
            if child := self.child():
                children.append(child)
                continue
            items.append(self._spread() if self.next_is("...") else self._property())
            if not self.next_is("}") and not self.next_is(","):
                self.take(NEWLINE, "the end of the line, ',' or '}'")
        self.depth -= 1
        return Object(line, column, tuple(items), tuple(children))

    def _property(self) -> Property:
        line, column = self.place
        key: str | Text
        if self.next_is(OPENING):
            key = self._text()
        elif self.next_is(TEXT):
            key = self.take(TEXT)
        else:
            key = self.take(NAME, "the name of a property")
        self.take(":")
        self.lines_break()
        return Property(line, column, key, self.expression())

    def _spread(self) -> Spread:
        line, column = self.place
        self.take("...")
        return Spread(line, column, self.expression())

    def _list(self) -> Expression:
        self.deeper()
        line, column = self.place
        self.take("[")
        self.lines_break()
        if self.word_is("for") and self.kinds[self.at + 1] in (NAME, "("):
            node: Expression = self._for()
            self.lines_break()
            self.take("]")
        else:
            node = Array(line, column, self._items())
        self.depth -= 1
        return node

    def _items(self) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while not self.skip("]"):
            if self.skip(NEWLINE) or self.skip(","):
                continue
            items.append(self._spread() if self.next_is("...") else self.expression())
            if not self.next_is("]") and not self.next_is(","):
                self.take(NEWLINE, "the end of the line, ',' or ']'")
        return tuple(items)

    def _for(self) -> For:
        line, column = self.place
        self.take(NAME)
        index = ""
        if self.skip("("):
            item = self.take(NAME, "a name")
            self.take(",")
            index = self.take(NAME, "a name")
            self.take(")")
        else:
            item = self.take(NAME, "a name")
        if not self.skip_word("in"):
            raise self.wrong("'in'")
        source = self.expression()
        self.take(":")
        self.lines_break()
        return For(line, column, item, index, source, self.body())

    def _if(self) -> If:
        line, column = self.place
        self.take(NAME)
        if not self.next_is("("):
            raise self.wrong("'('")
        condition = self._parentheses()
        self.lines_break()
        return If(line, column, condition, self.expression())
