"""Expressions of Terraform, evaluated: what depends on something unknown is unknown, with the reason.

Source: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from seawall.model import Unknown
from seawall.safe import hcl
from seawall.sources.clusters.terraform.functions import FUNCTIONS, Files
from seawall.sources.clusters.terraform.values import (
    Budget,
    Failure,
    Namespace,
    Pending,
    Value,
    kind,
    number,
    same,
    text,
    truth,
    unknown_in,
)
from seawall.sources.clusters.unknown_text import UnknownText, shown

Names = Mapping[str, Value]
"""What `for`, `each`, `count`, `dynamic` and a splat bind."""

_ITEM = "*"


class Evaluator:
    """Evaluates in one module. `root` gives the meaning of a name that nothing binds (`var`, `local`, a type)."""

    def __init__(self, root: Callable[[str], Value], budget: Budget, files: Files) -> None:
        self._root = root
        self._budget = budget
        self._files = files

    def value(self, node: hcl.Expression, names: Names) -> Value:
        """The value; what Terraform would refuse is unknown, with the reason. Raises LimitExceeded."""
        try:
            return self.evaluate(node, names)
        except Failure as failure:
            return Unknown(str(failure))
        except RecursionError:
            return Unknown("it is nested too deeply")

    def evaluate(self, node: hcl.Expression, names: Names) -> Value:
        """The value. Raises Failure for what Terraform would refuse, LimitExceeded."""
        self._budget.enter()
        try:
            return self._budget.hold(_RULES[type(node)](self, node, names))
        finally:
            self._budget.leave()

    def _literal(self, node: hcl.Literal, names: Names) -> Value:
        return node.value

    def _variable(self, node: hcl.Variable, names: Names) -> Value:
        return names[node.name] if node.name in names else self._root(node.name)

    def _item(self, node: hcl.Item, names: Names) -> Value:
        return names[_ITEM]

    def _get(self, node: hcl.Get, names: Names) -> Value:
        return attribute(self.evaluate(node.source, names), node.name)

    def _index(self, node: hcl.Index, names: Names) -> Value:
        source = self.evaluate(node.source, names)
        key = self.evaluate(node.key, names)
        if isinstance(key, Unknown):
            return key
        if isinstance(source, list):
            at = number(key)
            if at not in range(len(source)):
                raise Failure(f"there is no element {at}")
            return source[int(at)]
        if isinstance(source, Pending):
            return Pending(source.address, f"{source.path}[{text(key)}]")
        return attribute(source, text(key))

    def _splat(self, node: hcl.Splat, names: Names) -> Value:
        source = self.evaluate(node.source, names)
        if isinstance(source, Unknown):
            return source
        elements = source if isinstance(source, list) else [] if source is None else [source]
        return [self.evaluate(node.each, {**names, _ITEM: element}) for element in elements]

    def _list(self, node: hcl.List, names: Names) -> Value:
        return [self.evaluate(item, names) for item in node.items]

    def _object(self, node: hcl.Object, names: Names) -> Value:
        found: dict[str, Value] = {}
        for key_node, value_node in node.pairs:
            key = self.evaluate(key_node, names)
            if isinstance(key, Unknown):
                return key
            found[text(key)] = self.evaluate(value_node, names)
        return found

    def _template(self, node: hcl.Template, names: Names) -> Value:
        parts = [self.evaluate(part, names) for part in node.parts]
        unknown = next((part for part in parts if isinstance(part, Unknown)), None)
        if unknown is None:
            return "".join(map(text, parts))
        if parts[0] is unknown and isinstance(unknown, Pending) and unknown_in(parts[1:]) is None:
            return Pending(unknown.address, unknown.path + "".join(map(text, parts[1:])))
        known = (shown(part) if isinstance(part, Unknown) else text(part) for part in parts)
        return UnknownText(unknown.reason, "".join(known))

    def _choice(self, node: hcl.Choice | hcl.Conditional, names: Names) -> Value:
        condition = self.evaluate(node.condition, names)
        if isinstance(condition, Unknown):
            return condition
        return self.evaluate(node.then if truth(condition) else node.otherwise, names)

    def _repeat(self, node: hcl.Repeat, names: Names) -> Value:
        source = self.evaluate(node.source, names)
        if isinstance(source, Unknown):
            return source
        parts = [self.evaluate(node.body, {**names, **bound}) for bound in _each(source, node.names)]
        unknown = unknown_in(parts)
        return "".join(map(text, parts)) if unknown is None else unknown

    def _for(self, node: hcl.For, names: Names) -> Value:
        source = self.evaluate(node.source, names)
        if isinstance(source, Unknown):
            return source
        values: list[Value] = []
        found: dict[str, Value] = {}
        for bound in _each(source, node.names):
            inner = {**names, **bound}
            if node.condition is not None:
                wanted = self.evaluate(node.condition, inner)
                if isinstance(wanted, Unknown):
                    return wanted
                if not truth(wanted):
                    continue
            value = self.evaluate(node.value, inner)
            if node.key is None:
                values.append(value)
                continue
            key = self.evaluate(node.key, inner)
            if isinstance(key, Unknown):
                return key
            if node.grouped:
                found.setdefault(text(key), []).append(value)
            else:
                found[text(key)] = value
        return values if node.key is None else found

    def _operation(self, node: hcl.Operation, names: Names) -> Value:
        if node.operator in ("&&", "||"):
            return self._logic(node, names)
        values = [self.evaluate(operand, names) for operand in node.operands]
        if node.operator in ("==", "!="):
            equal = _equal(values[0], values[1], self._budget)
            return equal if isinstance(equal, Unknown) else equal == (node.operator == "==")
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is not None:
            return unknown
        if node.operator == "!":
            return not truth(values[0])
        numbers = [number(value) for value in values]
        if len(numbers) == 1:
            return -numbers[0]
        return _arithmetic(node.operator, *numbers)

    def _logic(self, node: hcl.Operation, names: Names) -> Value:
        """One side can decide where the other is unknown."""
        decides = node.operator == "||"
        sides = [self.evaluate(operand, names) for operand in node.operands]
        known = [truth(side) for side in sides if not isinstance(side, Unknown)]
        if decides in known:
            return decides
        return next((side for side in sides if isinstance(side, Unknown)), not decides)

    def _call(self, node: hcl.Call, names: Names) -> Value:
        if node.name in ("try", "can"):
            return self._attempt(node, names)
        given = [self.evaluate(argument, names) for argument in node.arguments]
        if node.spread:
            last = given.pop()
            if isinstance(last, Unknown):
                return last
            if not isinstance(last, list):
                raise Failure(f"a list is needed before `...`, not {kind(last)}")
            given += last
        function = FUNCTIONS.get(node.name.removeprefix("core::"))
        if function is None:
            return Unknown(f"the function {node.name} is not evaluated")
        try:
            return function(self._budget, self._files, *given)
        except (TypeError, ValueError, OverflowError, LookupError, ArithmeticError):
            raise Failure(f"the function {node.name} refuses its arguments") from None

    def _attempt(self, node: hcl.Call, names: Names) -> Value:
        reason = "no argument of try can be evaluated"
        for argument in node.arguments:
            try:
                value = self.evaluate(argument, names)
            except Failure as failure:
                reason = str(failure)
                continue
            if node.name == "try" or isinstance(value, Unknown):
                return value
            return True
        if node.name == "can":
            return False
        raise Failure(reason)


def attribute(source: Value, name: str) -> Value:
    """`source.name`. Raises Failure where there is none."""
    if isinstance(source, Pending):
        return Pending(source.address, f"{source.path}.{name}")
    if isinstance(source, Unknown):
        return source
    if isinstance(source, Namespace):
        return source.get(name)
    if isinstance(source, dict) and name in source:
        return source[name]
    raise Failure(f"{kind(source)} has no attribute {name[:60]!r}")


def _each(source: Value, bind: tuple[str, ...]) -> Iterator[dict[str, Value]]:
    if isinstance(source, dict):
        pairs: list[tuple[Value, Value]] = [(key, source[key]) for key in sorted(source)]
    elif isinstance(source, list):
        pairs = list(enumerate(source))
    else:
        raise Failure(f"for needs a list or an object, not {kind(source)}")
    for key, value in pairs:
        yield {bind[0]: value} if len(bind) == 1 else {bind[0]: key, bind[1]: value}


def _equal(one: Value, other: Value, budget: Budget) -> bool | Unknown:
    for value, against in ((one, other), (other, one)):
        # an id is never null, made or not
        if against is None and (isinstance(value, Namespace) or (isinstance(value, Pending) and value.path == ".id")):
            return False
    unknown = unknown_in(budget.weigh([one, other]))
    return same(one, other) if unknown is None else unknown


_COMPARE: Mapping[str, Callable[[Any, Any], Value]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def _arithmetic(sign: str, one: float, other: float) -> Value:
    if sign in _COMPARE:
        found = _COMPARE[sign](one, other)
    elif not other:
        raise Failure("a division by zero")
    else:
        found = one / other if sign == "/" else one - other * int(one / other)
    if abs(found) > 1e300:
        raise Failure("a number that is too large")
    if isinstance(found, float):  # Terraform calculates with more digits than it shows
        found = float(f"{found:.15g}")
        return int(found) if found.is_integer() else found
    return found


_RULES: Mapping[type, Callable[[Evaluator, Any, Names], Value]] = cast(
    "Mapping[type, Callable[[Evaluator, Any, Names], Value]]",
    {
        hcl.Literal: Evaluator._literal,
        hcl.Variable: Evaluator._variable,
        hcl.Item: Evaluator._item,
        hcl.Get: Evaluator._get,
        hcl.Index: Evaluator._index,
        hcl.Splat: Evaluator._splat,
        hcl.List: Evaluator._list,
        hcl.Object: Evaluator._object,
        hcl.Template: Evaluator._template,
        hcl.Choice: Evaluator._choice,
        hcl.Conditional: Evaluator._choice,
        hcl.Repeat: Evaluator._repeat,
        hcl.For: Evaluator._for,
        hcl.Operation: Evaluator._operation,
        hcl.Call: Evaluator._call,
    },
)
