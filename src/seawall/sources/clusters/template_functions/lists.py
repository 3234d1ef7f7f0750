"""Functions on lists and objects; some of them take texts too. A lambda is a Python callable."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from seawall.errors import LimitExceeded
from seawall.model import Unknown
from seawall.safe.limits import Limits
from seawall.sources.clusters.template_functions.function import Care, Function, deep, lenient, unknown_in
from seawall.sources.clusters.template_functions.logic import same, truth
from seawall.sources.clusters.unknown_text import within


def member(value: Any, key: Any) -> Any:
    """`value.key` or `value[key]`, the case of a property not mattering. Raises LookupError for what is not there."""
    if isinstance(value, Unknown):
        return within(value, str(key)) if isinstance(key, str | int) else value
    if isinstance(key, Unknown):
        return key
    if isinstance(value, dict) and isinstance(key, str):
        if key in value:
            return value[key]
        return (
            next(held for name, held in value.items() if name.lower() == key.lower()) if _has(value, key) else _no(key)
        )
    if isinstance(value, list) and type(key) is int and 0 <= key < len(value):
        return value[key]
    raise LookupError(key)


def _has(value: dict[str, Any], key: str) -> bool:
    return key in value or key.lower() in map(str.lower, value)


def _no(key: str) -> Any:
    raise LookupError(key)


def _try_get(value: Any, *keys: Any) -> Any:
    for key in keys:
        if value is None:
            return None
        try:
            value = member(value, key)
        except LookupError:
            return None
    return value


def _from_end(value: Any, index: Any) -> Any:
    return value if isinstance(value, Unknown) else member(_list(value), len(value) - index)


def _try_from_end(value: Any, index: Any) -> Any:
    try:
        return None if value is None else _from_end(value, index)
    except LookupError:
        return None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(type(value))
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(type(value))
    return value


def _sequence(value: Any) -> Any:
    if not isinstance(value, str | list):
        raise TypeError(type(value))
    return value


def _contains(container: Any, item: Any) -> bool | Unknown:
    if isinstance(container, Unknown) or isinstance(item, Unknown):
        return container if isinstance(container, Unknown) else item
    if isinstance(container, str):
        return str(item) in container
    if isinstance(container, dict):
        return _has(container, item)
    answers = [same(held, item) for held in _list(container)]
    unknown = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    return True if any(answer is True for answer in answers) else (False if unknown is None else unknown)


def _create_object(*pairs: Any) -> Any:
    keys = pairs[::2]
    unknown = next((key for key in keys if isinstance(key, Unknown)), None)
    return unknown if unknown is not None else dict(zip(keys, pairs[1::2], strict=True))


def _end(value: Any, index: int, nothing: Callable[[], Any]) -> Any:
    return value[index] if _sequence(value) else nothing()


def _first(value: Any) -> Any:
    return _end(value, 0, lambda: "" if isinstance(value, str) else None)


def _last(value: Any) -> Any:
    return _end(value, -1, lambda: "" if isinstance(value, str) else None)


def _skip(value: Any, count: Any) -> Any:
    return _sequence(value)[max(count, 0) :]


def _take(value: Any, count: Any) -> Any:
    return _sequence(value)[: max(count, 0)]


def _length(value: Any) -> int:
    if not isinstance(value, str | list | dict):
        raise TypeError(type(value))
    return len(value)


def _range(start: Any, count: Any, limits: Limits) -> list[int]:
    if count > limits.template_items:
        raise LimitExceeded("template_items", limits.template_items, where="", found=count)
    return list(range(start, start + count))


def _print(item: Any) -> object:
    """What two items that are the same have in common; something unknown is only the same as itself."""
    return id(item) if unknown_in([item], deep=True) is not None else msgspec.json.encode(item, order="sorted")


def _union(*values: Any) -> Any:
    """Lists: each item once, in order. Objects: the last wins, and objects in objects are merged."""
    if isinstance(values[0], dict):
        return functools.reduce(_merged, map(_object, values))
    found: dict[object, Any] = {}
    for item in (item for value in values for item in _list(value)):
        found.setdefault(_print(item), item)
    return list(found.values())


def _merged(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    merged = dict(left)
    for key, value in right.items():
        held = left.get(key)
        if isinstance(held, dict) and isinstance(value, Unknown):
            merged[key] = value
        else:
            merged[key] = _merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged


def _intersection(*values: Any) -> Any:
    first, *others = values
    if isinstance(first, dict):
        return {
            key: value for key, value in first.items() if all(same(value, other.get(key)) is True for other in others)
        }
    prints = [set(map(_print, _list(other))) for other in others]
    return [item for item in _list(first) if all(_print(item) in other for other in prints)]


def _items(value: Any) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": held} for key, held in sorted(_object(value).items(), key=lambda pair: pair[0].lower())
    ]


def _shallow(values: Any) -> dict[str, Any]:
    return {key: held for value in _list(values) for key, held in _object(value).items()}


def _flatten(values: Any) -> list[Any]:
    return [item for value in _list(values) for item in _list(value)]


def _apply(body: Callable[..., Any], *values: Any) -> Any:
    """The lambda, with the index last where it says that it takes one more (`takes`)."""
    return body(*values[: getattr(body, "takes", len(values) - 1)])


def _map(values: Any, body: Any) -> list[Any]:
    return [_apply(body, item, index) for index, item in enumerate(_list(values))]


def _filter(values: Any, body: Any) -> Any:
    kept = []
    for index, item in enumerate(_list(values)):
        wanted = truth(_apply(body, item, index))
        if isinstance(wanted, Unknown):
            return wanted
        kept += [item] if wanted else []
    return kept


def _reduce(values: Any, start: Any, body: Any) -> Any:
    for index, item in enumerate(_list(values)):
        start = _apply(body, start, item, index)
    return start


def _sort(values: Any, body: Any) -> Any:
    unknown: list[Unknown] = []

    def before(left: Any, right: Any) -> int:
        answer = truth(body(left, right))
        if isinstance(answer, Unknown):
            unknown.append(answer)
            return 0
        return -1 if answer else 1 if truth(body(right, left)) is True else 0

    ordered = sorted(_list(values), key=functools.cmp_to_key(before))
    return unknown[0] if unknown else ordered


def _to_object(values: Any, key: Any, value: Any = None) -> Any:
    found: dict[str, Any] = {}
    for item in _list(values):
        name = key(item)
        if not isinstance(name, str):
            return name if isinstance(name, Unknown) else _no("key")
        found[name] = value(item) if value else item
    return found


def _group_by(values: Any, key: Any) -> Any:
    found: dict[str, list[Any]] = {}
    for item in _list(values):
        name = key(item)
        if not isinstance(name, str):
            return name if isinstance(name, Unknown) else _no("key")
        found.setdefault(name, []).append(item)
    return found


FUNCTIONS: Mapping[str, Function] = {
    "array": lenient(lambda value: value if isinstance(value, list | Unknown) else [value]),
    "contains": lenient(_contains),
    "createArray": lenient(lambda *values: list(values)),
    "createObject": lenient(_create_object),
    "filter": Function(_filter),
    "first": Function(_first),
    "flatten": Function(_flatten),
    "groupBy": Function(_group_by),
    "indexFromEnd": lenient(_from_end),
    "intersection": deep(_intersection),
    "items": Function(_items),
    "last": Function(_last),
    "length": Function(_length),
    "map": Function(_map),
    "mapValues": Function(lambda value, body: {key: body(held) for key, held in _object(value).items()}),
    "objectKeys": Function(lambda value: sorted(_object(value), key=str.lower)),
    "range": Function(_range, limited=True),
    "reduce": Function(_reduce),
    "shallowMerge": Function(_shallow),
    "skip": Function(_skip),
    "sort": Function(_sort),
    "take": Function(_take),
    "toObject": Function(_to_object),
    "tryGet": Function(_try_get, Care.NONE),
    "tryIndexFromEnd": lenient(_try_from_end),
    "union": Function(_union),
}
