"""Functions of Terraform on lists, sets and objects. A set is a list in the order in which Terraform reads it."""

from __future__ import annotations

from seawall.model import Unknown
from seawall.sources.clusters.terraform.values import (
    Failure,
    Value,
    items,
    kind,
    mapping,
    number,
    same,
    text,
    unknown_in,
)


def coalesce(*given: Value) -> Value:
    for value in given:
        if isinstance(value, Unknown) or value not in (None, ""):
            return value
    raise Failure("coalesce finds no value")


def coalesce_list(*given: Value) -> Value:
    return next((value for value in given if isinstance(value, Unknown) or value), [])


def concat(*given: Value) -> Value:
    return [item for value in given for item in items(value)]


def compact(value: Value) -> Value:
    return [item for item in items(value) if isinstance(item, Unknown) or item not in (None, "")]


def contains(value: Value, wanted: Value) -> Value:
    if any(not isinstance(item, Unknown) and same(item, wanted) for item in items(value)):
        return True
    unknown = unknown_in(items(value))
    return False if unknown is None else unknown


def distinct(value: Value) -> Value:
    found: list[Value] = []
    seen: set[str] = set()
    for item in items(value):
        mark = repr(item)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


def element(value: Value, at: Value) -> Value:
    found = items(value)
    return found[int(number(at)) % len(found)]


def flatten(value: Value) -> Value:
    found: list[Value] = []
    for item in items(value):
        if isinstance(item, list):
            found += flatten(item)
        else:
            found.append(item)
    return found


def position(value: Value, wanted: Value) -> Value:
    return next(at for at, item in enumerate(items(value)) if same(item, wanted))


def length(value: Value) -> Value:
    return len(value) if isinstance(value, str | list | dict) else _refuse(value)


def _refuse(value: Value) -> Value:
    raise Failure(f"{kind(value)} has no length")


def lookup(value: Value, key: Value, *default: Value) -> Value:
    found = mapping(value)
    if text(key) in found:
        return found[text(key)]
    if default:
        return default[0]
    raise Failure(f"there is no key {text(key)!r}")


def merge(*given: Value) -> Value:
    found: dict[str, Value] = {}
    for value in given:
        found |= {} if value is None else mapping(value)
    return found


def only(value: Value) -> Value:
    found = items(value)
    if len(found) > 1:
        raise Failure("one finds more than one")
    return found[0] if found else None


def reverse(value: Value) -> Value:
    return list(reversed(items(value)))


def unique(value: Value) -> Value:
    found = distinct(value)
    return sorted(found) if all(isinstance(item, str) for item in found) else found


def part(value: Value, start: Value, end: Value) -> Value:
    first, last = int(number(start)), int(number(end))
    if not 0 <= first <= last <= len(items(value)):
        raise Failure("slice goes beyond the list")
    return items(value)[first:last]


def subtract(value: Value, other: Value) -> Value:
    return [item for item in unique(value) if not any(same(item, left) for left in items(other))]


def intersection(first: Value, *others: Value) -> Value:
    return [item for item in unique(first) if all(any(same(item, left) for left in items(other)) for other in others)]


def chunks(value: Value, size: Value) -> Value:
    found, count = items(value), int(number(size))
    return [found[at : at + count] for at in range(0, len(found), count)] if count else [found]


def transpose(value: Value) -> Value:
    found: dict[str, list[Value]] = {}
    for key, held in sorted(mapping(value).items()):
        for item in items(held):
            found.setdefault(text(item), []).append(key)
    return found


def zipmap(keys: Value, values: Value) -> Value:
    if len(items(keys)) != len(items(values)):
        raise Failure("zipmap needs as many keys as values")
    return {text(key): value for key, value in zip(items(keys), items(values), strict=True)}
