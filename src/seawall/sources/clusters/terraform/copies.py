"""How often a resource or module is made: `count` and `for_each`."""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.model import Unknown
from seawall.safe import hcl
from seawall.sources.clusters.terraform.expressions import Evaluator, Names
from seawall.sources.clusters.terraform.values import Budget, Failure, Value, kind, number, text


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One copy of a resource or module: `key` is how it is addressed, `""` or `[0]` or `["a"]`."""

    key: str
    names: Names
    condition: Unknown | None = None


def copies(
    attributes: dict[str, hcl.Expression], evaluator: Evaluator, budget: Budget, most: int
) -> list[Copy] | Unknown:
    """The copies, `most` at most; unknown where their number is."""
    try:
        if "count" in attributes:
            return _counted(evaluator.evaluate(attributes["count"], {}), budget, most)
        if "for_each" in attributes:
            return _for_each(evaluator.evaluate(attributes["for_each"], {}), budget, most)
    except Failure as failure:
        return Unknown(str(failure))
    except RecursionError:
        return Unknown("it is nested too deeply")
    return [Copy(key="", names={})]


def _counted(count: Value, budget: Budget, most: int) -> list[Copy] | Unknown:
    if isinstance(count, Unknown):
        return count
    indexes = range(int(number(count)))
    _bound(len(indexes), budget, most)
    return [Copy(key=f"[{index}]", names={"count": {"index": index}}) for index in indexes]


def _for_each(source: Value, budget: Budget, most: int) -> list[Copy] | Unknown:
    if isinstance(source, Unknown):
        return source
    if not isinstance(source, list | dict):
        raise Failure(f"for_each needs an object or a set, not {kind(source)}")
    unknown = next((item for item in source if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown
    _bound(len(source), budget, most)
    pairs = source.items() if isinstance(source, dict) else ((text(item), item) for item in source)
    return [Copy(key=f'["{key}"]', names={"each": {"key": key, "value": value}}) for key, value in _in_order(pairs)]


def _bound(found: int, budget: Budget, most: int) -> None:
    if found > most:
        raise Failure(f"more than the terraform_instances limit of {most:,} allows")
    budget.step(found)


def _in_order(pairs: Any) -> list[tuple[str, Value]]:
    """The pairs in the order of their keys, as Terraform goes through them."""
    return sorted(pairs, key=lambda pair: str(pair[0]))
