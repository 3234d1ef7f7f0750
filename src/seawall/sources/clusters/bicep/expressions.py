"""Expressions: operators by their precedence, members, calls, objects, lists, loops and lambdas."""

from __future__ import annotations

from typing import Final

from seawall.sources.clusters.bicep.containers import Containers
from seawall.sources.clusters.bicep.lexer import CLOSING, MIDDLE, NAME, NEWLINE, NUMBER, OPENING, TEXT
from seawall.sources.clusters.bicep.syntax import (
    Binary,
    Call,
    Expression,
    Index,
    Lambda,
    Literal,
    Member,
    Name,
    Ternary,
    Text,
    Unary,
)

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


class Expressions(Containers):
    """The parser of expressions. Line breaks may stand where no statement could end."""

    def expression(self) -> Expression:
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
            return self.text()
        if kind == NUMBER:
            return Literal(line, column, self._number())
        if kind == "{":
            return self.braces()
        if kind == "[":
            return self.brackets()
        if kind == "(":
            return self.parentheses()
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

    def text(self) -> Text:
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

    def parentheses(self) -> Expression:
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
