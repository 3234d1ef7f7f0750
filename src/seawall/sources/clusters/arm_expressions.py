"""The expressions of ARM templates: `[format('{0}-aks', parameters('prefix'))]`, from text to value.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

from seawall.errors import Malformed
from seawall.model import Unknown
from seawall.sources.clusters.template_functions.lists import member
from seawall.sources.clusters.template_functions.logic import choose, truth

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_][\w.]*)|(?P<mark>[()\[\],.]))")


class Literal(msgspec.Struct, frozen=True):
    """A text or a number as it stands."""

    value: str | int


class Call(msgspec.Struct, frozen=True):
    """A function with its arguments."""

    name: str
    args: tuple[Expression, ...]


class Member(msgspec.Struct, frozen=True):
    """`of.key` or `of[key]`."""

    of: Expression
    key: Expression


Expression: TypeAlias = Literal | Call | Member


class Scope(Protocol):
    """What an expression sees around it."""

    def call(self, name: str, args: Sequence[Any]) -> Any:
        """The value of a function: `parameters` and its like, a user's own, or one of the library."""


def is_expression(text: str) -> bool:
    """A text in brackets; one that begins with two is a text that begins with one."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def plain(text: str) -> str:
    """A text that is no expression, as it is meant."""
    return text[1:] if text.startswith("[[") else text


def parse(text: str) -> Expression:
    """The expression in brackets. Raises Malformed with its column for what does not follow the grammar."""
    return _Parser(text[1:-1]).whole()


def evaluate(expression: Expression, scope: Scope, names: Mapping[str, Any] | None = None) -> Any:
    """Its value, unknown with a reason where it depends on what only a deployment tells.

    `names` are the variables of the lambdas around it. Raises what the scope raises.
    """
    names = names or {}
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Member):
        return _member(evaluate(expression.of, scope, names), evaluate(expression.key, scope, names))
    args = expression.args
    match expression.name.lower(), len(args):
        case "if", 3:
            return _if(args, scope, names)
        case "lambda", count if count:
            return _Lambda([str(evaluate(arg, scope, names)) for arg in args[:-1]], args[-1], scope, names)
        case "lambdavariables", 1:
            return names.get(str(evaluate(args[0], scope, names)), Unknown("a lambda variable that is not there"))
    return scope.call(expression.name, [evaluate(arg, scope, names) for arg in args])


def _if(args: tuple[Expression, ...], scope: Scope, names: Mapping[str, Any]) -> Any:
    """Only the way that is taken is looked at: the other may not have a value."""
    condition = evaluate(args[0], scope, names)
    try:
        decided = truth(condition)
    except ValueError:
        return Unknown("if() with a condition that is neither true nor false")
    if isinstance(decided, Unknown):
        return choose(decided, evaluate(args[1], scope, names), evaluate(args[2], scope, names))
    return evaluate(args[1] if decided else args[2], scope, names)


def _member(value: Any, key: Any) -> Any:
    try:
        return member(value, key)
    except LookupError:
        return Unknown(f"there is no {str(key)[:80]!r} in the value that it is taken from")


class _Lambda:
    """`lambda('item', …)`, called with its values."""

    def __init__(self, params: list[str], body: Expression, scope: Scope, names: Mapping[str, Any]) -> None:
        self.takes = len(params)
        self._params = params
        self._body = body
        self._scope = scope
        self._names = names

    def __call__(self, *values: Any) -> Any:
        bound = dict(zip(self._params, values, strict=True))
        return evaluate(self._body, self._scope, {**self._names, **bound})


class _Parser:
    """Recursive descent over the text between the outer brackets."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0
        self._kind = self._word = ""
        self._advance()

    def whole(self) -> Expression:
        expression = self._expression()
        if self._kind:
            raise self._fault(f"{self._word} is not expected")
        return expression

    def _advance(self) -> str:
        taken = self._word
        self._start = self._end
        found = _TOKEN.match(self._text, self._end)
        if found:
            self._kind = found.lastgroup or ""
            self._word = found[self._kind]
            self._end = found.end()
        elif self._text[self._end :].strip():
            raise self._fault("it cannot be read from here on")
        else:
            self._kind = self._word = ""
        return taken

    def _fault(self, what: str) -> Malformed:
        return Malformed(f"not a template expression: column {self._start + 2}: {what}")

    def _expect(self, mark: str) -> None:
        if self._word != mark:
            raise self._fault(f"{mark} is expected" + (f", not {self._word}" if self._word else ""))
        self._advance()

    def _expression(self) -> Expression:
        expression = self._operand()
        while self._kind == "mark" and self._word in ".[":
            if self._advance() == "[":
                expression = Member(expression, self._expression())
                self._expect("]")
            else:
                expression = self._members(expression)
        return expression

    def _members(self, expression: Expression) -> Expression:
        """The name token takes dots along, for the namespaces of functions."""
        if self._kind not in ("name", "number"):
            raise self._fault("the name of a property is expected")
        for key in self._advance().rstrip(".").split("."):
            expression = Member(expression, Literal(key))
        return expression

    def _operand(self) -> Expression:
        kind, token = self._kind, self._advance()
        if kind == "text":
            return Literal(token[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(int(token)) if len(token) < 20 else Literal(token)
        if kind != "name":
            raise self._fault("a value or a function is expected")
        self._expect("(")
        args: list[Expression] = []
        while self._word != ")" or self._kind != "mark":
            args.append(self._expression())
            if self._kind != "mark" or self._word != ")":
                self._expect(",")
        self._advance()
        return Call(token, tuple(args))
