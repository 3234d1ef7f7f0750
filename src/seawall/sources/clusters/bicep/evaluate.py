"""Expressions to values: plain Python, any part of which may be `Unknown`.

What a name stands for and what only a file can tell (parameters, resources, modules) is left to `template.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from seawall.errors import LimitExceeded, UnknownValue
from seawall.model import Unknown
from seawall.sources.clusters import template_functions
from seawall.sources.clusters.bicep.symbols import Budget, Symbol
from seawall.sources.clusters.bicep.syntax import (
    Array,
    Binary,
    Call,
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
from seawall.sources.clusters.template_functions.lists import member
from seawall.sources.clusters.unknown_text import shown

Local: TypeAlias = Mapping[str, Any]
"""What the loops and lambdas around an expression have named."""

_BINARY: Final = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "mod",
    "<": "less",
    "<=": "lessOrEquals",
    ">": "greater",
    ">=": "greaterOrEquals",
    "==": "equals",
}
_TAKE_LAMBDAS: Final = frozenset({"map", "filter", "reduce", "sort", "toObject", "groupBy", "mapValues"})
_NO_VALUE: Final = Unknown("a lambda is no value")
_DECIDES: Final = {"&&": ("and", False), "||": ("or", True)}


class Evaluation:
    """Evaluates the expressions of one file. `budget` is shared by all files of one reading."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget

    def lookup(self, name: str) -> Any:
        """What the file calls `name`: a value or a Symbol."""
        raise NotImplementedError

    def function(self, name: str) -> Callable[..., Any] | None:
        """What a function of the file, or one that looks at files, does with its arguments; None for any other."""
        raise NotImplementedError

    def value(self, node: Expression, local: Local) -> Any:
        """The value of an expression, never a Symbol."""
        self.budget.spend(4)
        return _HOW[type(node)](self, node, local)

    def resolve(self, node: Expression, local: Local) -> Any:
        """The value of an expression, or the Symbol that it leads to."""
        if isinstance(node, Name):
            return local[node.name] if node.name in local else self.lookup(node.name)
        if isinstance(node, Member):
            return self._member(self.resolve(node.target, local), node)
        if isinstance(node, Index):
            target, index = self.resolve(node.target, local), self.value(node.index, local)
            if isinstance(target, Symbol):
                return target.member(index) if isinstance(index, str) else target.item(index)
            return self._held(target, index, node)
        return self.value(node, local)

    def decide(self, node: Expression, local: Local) -> bool | Unknown:
        """A condition."""
        answer = self.value(node, local)
        if isinstance(answer, bool | Unknown):
            return answer
        decided: bool | Unknown = self.call("bool", answer)
        return decided

    def call(self, name: str, *arguments: Any) -> Any:
        """The value of a function that every template has."""
        budget = self.budget
        try:
            return template_functions.call(name, arguments, limits=budget.limits, spend=budget.spend)
        except UnknownValue as error:  # a decision on a part that is unknown
            return Unknown(error.message)

    def items(self, node: For, local: Local) -> list[dict[str, Any]] | Unknown:
        """What each turn of a loop names."""
        source = self.value(node.source, local)
        if isinstance(source, Unknown):
            return source
        if not isinstance(source, list):
            return Unknown("a loop over what is no list")
        bound = self.budget.limits.template_items
        if len(source) > bound:
            raise LimitExceeded("template_items", bound, where="loop", found=len(source))
        self.budget.spend(len(source))
        return [{**local, node.item: item, node.index: index} for index, item in enumerate(source)]

    def turn(self, body: Expression, local: Local) -> tuple[bool | Unknown, Expression]:
        """Whether a loop's turn, or a resource, is wanted, and what its body is without its `if`."""
        if isinstance(body, If):
            return self.decide(body.condition, local), body.body
        return True, body

    def key(self, item: Property, local: Local) -> str:
        """The name of a property; what is unknown of it stands in braces."""
        return item.key if isinstance(item.key, str) else shown(self._text(item.key, local))

    def lambda_of(self, node: Lambda, local: Local) -> Callable[..., Any]:
        """The lambda as a Python callable, as the functions on lists want it."""

        def apply(*values: Any) -> Any:
            named = {
                name: _NO_VALUE if callable(held) else held for name, held in zip(node.names, values, strict=False)
            }
            return self.budget.spend_on(self.value(node.body, {**local, **named}))

        apply.takes = len(node.names)  # type: ignore[attr-defined] # how many values it wants
        return apply

    def _resolved(self, node: Expression, local: Local) -> Any:
        found = self.resolve(node, local)
        return found.plain() if isinstance(found, Symbol) else found

    def _member(self, target: Any, node: Member) -> Any:
        if isinstance(target, Symbol):
            return target.nested(node.name) if node.nested else target.member(node.name)
        return self._held(target, node.name, node)

    def _held(self, target: Any, key: Any, node: Member | Index) -> Any:
        if node.safe or (target is None and _safe_before(node.target)):
            return self.call("tryGet", target, key)
        if isinstance(target, dict) and key not in target:
            self.budget.spend(len(target))
        try:
            return member(target, key)
        except LookupError:
            return Unknown(f"there is no {key!r} in it")

    def _literal(self, node: Literal, local: Local) -> Any:
        return node.value

    def _text(self, node: Text, local: Local) -> Any:
        parts = [part if isinstance(part, str) else self.value(part, local) for part in node.parts]
        if all(isinstance(part, str) for part in parts):
            text = "".join(parts)
            self.budget.spend(len(text) // 64)
            return text
        pattern = "".join(
            part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else f"{{{index // 2}}}"
            for index, part in enumerate(node.parts)
        )
        return self.call("format", pattern, *parts[1::2])

    def _array(self, node: Array, local: Local) -> Any:
        values: list[Any] = []
        for item in node.items:
            if not isinstance(item, Spread):
                values.append(self.value(item, local))
            elif isinstance(more := self.value(item.value, local), list):
                values += more
                self.budget.spend(len(more))
            else:
                return more if isinstance(more, Unknown) else Unknown("`...` of what is no list")
        return values

    def _object(self, node: Object, local: Local) -> Any:
        values: dict[str, Any] = {}
        for item in node.items:
            if isinstance(item, Spread):
                more = self.value(item.value, local)
                if not isinstance(more, dict):
                    return more if isinstance(more, Unknown) else Unknown("`...` of what is no object")
                values |= more
                self.budget.spend(len(more))
                continue
            values[self.key(item, local)] = self.value(item.value, local)
        return values

    def _for(self, node: For, local: Local) -> Any:
        turns = self.items(node, local)
        if isinstance(turns, Unknown):
            return turns
        values = []
        for names in turns:
            wanted, body = self.turn(node.body, names)
            if isinstance(wanted, Unknown):
                return wanted
            if wanted:
                values.append(self.value(body, names))
        return values

    def _if(self, node: If, local: Local) -> Any:
        return Unknown("`if` stands only before the body of a resource or module")

    def _call(self, node: Call, local: Local) -> Any:
        if node.target is not None:
            target = self.resolve(node.target, local)
            arguments = [self.value(argument, local) for argument in node.arguments]
            symbol = target if isinstance(target, Symbol) else Symbol("it")
            return self.budget.spend_on(symbol.call(node.name, arguments))
        if own := self.function(node.name):
            return self.budget.spend_on(own(*(self.value(argument, local) for argument in node.arguments)))
        found = self.call(
            node.name,
            *(
                self.lambda_of(each, local)
                if node.name in _TAKE_LAMBDAS and isinstance(each, Lambda)
                else self.value(each, local)
                for each in node.arguments
            ),
        )
        return _NO_VALUE if callable(found) else found

    def _unary(self, node: Unary, local: Local) -> Any:
        value = self.value(node.operand, local)
        return self.call("not", value) if node.operator == "!" else self.call("sub", 0, value)

    def _binary(self, node: Binary, local: Local) -> Any:
        left = self.value(node.left, local)
        if node.operator == "??":
            return self.value(node.right, local) if left is None else left
        if node.operator in _DECIDES:
            name, decided = _DECIDES[node.operator]
            return left if left is decided else self.call(name, left, self.value(node.right, local))
        right = self.value(node.right, local)
        if node.operator == "!=":
            return self.call("not", self.call("equals", left, right))
        if node.operator in ("=~", "!~"):
            same = self.call("equals", self.call("toLower", left), self.call("toLower", right))
            return same if node.operator == "=~" else self.call("not", same)
        return self.call(_BINARY[node.operator], left, right)

    def _ternary(self, node: Ternary, local: Local) -> Any:
        wanted = self.decide(node.condition, local)
        if isinstance(wanted, Unknown):
            return self.call("if", wanted, self.value(node.yes, local), self.value(node.no, local))
        return self.value(node.yes if wanted else node.no, local)

    def _lambda(self, node: Lambda, local: Local) -> Any:
        return _NO_VALUE

    def _spread(self, node: Spread, local: Local) -> Any:
        return Unknown("`...` is no value")


def _safe_before(node: Expression) -> bool:
    """True after a `.?`: where that finds nothing, neither does what follows it."""
    while isinstance(node, Member | Index):
        if node.safe:
            return True
        node = node.target
    return False


_HOW: Final[Mapping[type, Callable[[Evaluation, Any, Local], Any]]] = {
    Literal: Evaluation._literal,
    Text: Evaluation._text,
    Name: Evaluation._resolved,
    Member: Evaluation._resolved,
    Index: Evaluation._resolved,
    Array: Evaluation._array,
    Object: Evaluation._object,
    For: Evaluation._for,
    If: Evaluation._if,
    Call: Evaluation._call,
    Unary: Evaluation._unary,
    Binary: Evaluation._binary,
    Ternary: Evaluation._ternary,
    Lambda: Evaluation._lambda,
    Spread: Evaluation._spread,
}
