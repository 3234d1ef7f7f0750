"""Functions on whole numbers, which are of 64 bits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seawall.sources.clusters.template_functions.function import Function, deep


def whole(value: Any) -> int:
    """The value, which must be a whole number of 64 bits. Raises TypeError or OverflowError."""
    if type(value) is not int:
        raise TypeError(type(value))
    if not -(2**63) <= value < 2**63:
        raise OverflowError
    return value


def _of_two(work: Callable[[int, int], int]) -> Function:
    return Function(lambda left, right: whole(work(whole(left), whole(right))))


def _div(left: int, right: int) -> int:
    """Rounded toward zero."""
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


def _int(value: Any) -> int:
    if isinstance(value, str) and len(value) > 20:
        raise OverflowError
    return whole(int(value) if isinstance(value, str) else value)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _extreme(pick: Callable[[list[int]], int]) -> Function:
    def run(*values: Any) -> int:
        numbers = values[0] if isinstance(values[0], list) else values
        return pick([whole(number) for number in numbers])

    return deep(run)


FUNCTIONS: Mapping[str, Function] = {
    "add": _of_two(lambda left, right: left + right),
    "sub": _of_two(lambda left, right: left - right),
    "mul": _of_two(lambda left, right: left * right),
    "div": _of_two(_div),
    "mod": _of_two(lambda left, right: left - right * _div(left, right)),
    "int": Function(_int),
    "float": Function(_float),
    "min": _extreme(min),
    "max": _extreme(max),
}
