"""Conditions and comparisons. Each decides without what it does not know where that cannot matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seawall.model import Unknown
from seawall.sources.clusters.template_functions.function import Function, deep, lenient


def truth(value: Any) -> bool | Unknown:
    """A condition: true or false, also as text. Raises ValueError for another value."""
    if isinstance(value, Unknown | bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError(value)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """`if`. Where the condition is unknown, both ways may still lead to the same."""
    decided = truth(condition)
    if not isinstance(decided, Unknown):
        return yes if decided else no
    return yes if same(yes, no) is True else decided


def same(left: Any, right: Any) -> bool | Unknown:
    """True or false where that is certain: one known difference suffices."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return every([same(left[key], right[key]) for key in left])
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and every([same(one, other) for one, other in zip(left, right, strict=True)])
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def every(values: list[Any]) -> bool | Unknown:
    """`and`."""
    decided = [truth(value) for value in values]
    unknown = [value for value in decided if isinstance(value, Unknown)]
    if any(value is False for value in decided):
        return False
    return unknown[0] if unknown else True


def some(values: list[Any]) -> bool | Unknown:
    """`or`."""
    decided = [truth(value) for value in values]
    unknown = [value for value in decided if isinstance(value, Unknown)]
    if any(value is True for value in decided):
        return True
    return unknown[0] if unknown else False


def negate(value: Any) -> bool | Unknown:
    """`not`."""
    decided = truth(value)
    return decided if isinstance(decided, Unknown) else not decided


def first_given(*values: Any) -> Any:
    """`coalesce`: the first that is not null, unknown as soon as one of them could be it."""
    return next((value for value in values if value is not None), None)


def empty(value: Any) -> bool:
    """True for null, and for a text, list or object with nothing in it."""
    return value is None or len(value) == 0


def _as_bool(value: Any) -> bool | Unknown:
    return bool(value) if type(value) is int else truth(value)


def _ordered(left: Any, right: Any) -> tuple[Any, Any]:
    numbers = (type(left) in (int, float)) and (type(right) in (int, float))
    if not (numbers or (isinstance(left, str) and isinstance(right, str))):
        raise TypeError
    return left, right


def _less(left: Any, right: Any) -> bool:
    left, right = _ordered(left, right)
    return bool(left < right)


def _less_or_equals(left: Any, right: Any) -> bool:
    left, right = _ordered(left, right)
    return bool(left <= right)


FUNCTIONS: Mapping[str, Function] = {
    "if": lenient(choose),
    "and": lenient(lambda *values: every(list(values))),
    "or": lenient(lambda *values: some(list(values))),
    "not": lenient(negate),
    "bool": Function(_as_bool),
    "true": Function(lambda: True),
    "false": Function(lambda: False),
    "null": Function(lambda: None),
    "coalesce": lenient(first_given),
    "empty": Function(empty),
    "equals": lenient(same),
    "less": deep(_less),
    "lessOrEquals": deep(_less_or_equals),
    "greater": deep(lambda left, right: _less(right, left)),
    "greaterOrEquals": deep(lambda left, right: _less_or_equals(right, left)),
}
