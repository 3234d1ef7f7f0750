"""Functions of the Terraform language, on plain values: unknown in, unknown out where the answer depends on it.

Source: https://developer.hashicorp.com/terraform/language/functions. Not here are those whose answer is made at run
time (`timestamp`, `uuid`) or is of no use to us (hashes, `templatefile`).
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import quote_plus

import msgspec

from seawall.errors import InputError
from seawall.model import Unknown
from seawall.safe import json, yaml
from seawall.sources.clusters.terraform import addresses, patterns
from seawall.sources.clusters.terraform.values import (
    Budget,
    Encoded,
    Failure,
    Value,
    items,
    kind,
    mapping,
    number,
    same,
    text,
    truth,
    unknown_in,
)


class Files(Protocol):
    """The files of the module: their bytes by the path that Terraform gives them. Raises Failure, InputError."""

    def __call__(self, path: str) -> bytes: ...


Function = Callable[..., Value]


def _known(function: Function) -> Function:
    """A function that needs to know its arguments, whole."""

    def call(budget: Budget, files: Files, *given: Value) -> Value:
        unknown = unknown_in(budget.weigh(list(given)))
        return function(*given) if unknown is None else unknown

    return call


def _shallow(function: Function) -> Function:
    """A function that needs to know its arguments, but not all that is in them."""

    def call(budget: Budget, files: Files, *given: Value) -> Value:
        unknown = next((value for value in given if isinstance(value, Unknown)), None)
        return function(*given) if unknown is None else unknown

    return call


def _any(function: Function) -> Function:
    """A function that can do with unknown arguments."""
    return lambda budget, files, *given: function(*given)


def _coalesce(*given: Value) -> Value:
    for value in given:
        if isinstance(value, Unknown) or value not in (None, ""):
            return value
    raise Failure("coalesce finds no value")


def _coalesce_list(*given: Value) -> Value:
    return next((value for value in given if isinstance(value, Unknown) or value), [])


def _concat(*given: Value) -> Value:
    return [item for value in given for item in items(value)]


def _compact(value: Value) -> Value:
    return [item for item in items(value) if isinstance(item, Unknown) or item not in (None, "")]


def _contains(value: Value, wanted: Value) -> Value:
    if any(not isinstance(item, Unknown) and same(item, wanted) for item in items(value)):
        return True
    unknown = unknown_in(items(value))
    return False if unknown is None else unknown


def _distinct(value: Value) -> Value:
    found: list[Value] = []
    seen: set[str] = set()
    for item in items(value):
        mark = repr(item)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


def _element(value: Value, at: Value) -> Value:
    found = items(value)
    return found[int(number(at)) % len(found)]


def _flatten(value: Value) -> Value:
    found: list[Value] = []
    for item in items(value):
        if isinstance(item, list):
            found += _flatten(item)
        else:
            found.append(item)
    return found


def _format(pattern: Value, *given: Value) -> Value:
    return patterns.formatted(text(pattern), given)


def _format_list(pattern: Value, *given: Value) -> Value:
    count = max((len(value) for value in given if isinstance(value, list)), default=1)
    rows = ([value[at] if isinstance(value, list) else value for value in given] for at in range(count))
    return [_format(pattern, *row) for row in rows]


def _index(value: Value, wanted: Value) -> Value:
    return next(at for at, item in enumerate(items(value)) if same(item, wanted))


def _length(value: Value) -> Value:
    return len(value) if isinstance(value, str | list | dict) else _refuse(value)


def _refuse(value: Value) -> Value:
    raise Failure(f"{kind(value)} has no length")


def _lookup(value: Value, key: Value, *default: Value) -> Value:
    found = mapping(value)
    if text(key) in found:
        return found[text(key)]
    if default:
        return default[0]
    raise Failure(f"there is no key {text(key)!r}")


def _merge(*given: Value) -> Value:
    found: dict[str, Value] = {}
    for value in given:
        found |= {} if value is None else mapping(value)
    return found


def _one(value: Value) -> Value:
    found = items(value)
    if len(found) > 1:
        raise Failure("one finds more than one")
    return found[0] if found else None


def _range(budget: Budget, files: Files, *given: Value) -> Value:
    unknown = unknown_in(list(given))
    if unknown is not None:
        return unknown
    limits = [number(value) for value in given]
    start = limits[0] if len(limits) > 1 else 0
    end = limits[1] if len(limits) > 1 else limits[0]
    step = limits[2] if len(limits) > 2 else (1 if end >= start else -1)
    count = max(0, math.ceil((end - start) / step))
    if count > 1024:  # Terraform's own bound
        raise Failure("range gives more than 1,024 numbers")
    return [start + at * step for at in range(count)]


def _reverse(value: Value) -> Value:
    return list(reversed(items(value)))


def _set(value: Value) -> Value:
    """A set is a list in the order in which Terraform goes through it."""
    found = _distinct(value)
    return sorted(found) if all(isinstance(item, str) for item in found) else found


def _slice(value: Value, start: Value, end: Value) -> Value:
    first, last = int(number(start)), int(number(end))
    if not 0 <= first <= last <= len(items(value)):
        raise Failure("slice goes beyond the list")
    return items(value)[first:last]


def _substr(value: Value, offset: Value, length: Value) -> Value:
    found, start, count = text(value), int(number(offset)), int(number(length))
    start = max(0, start + len(found)) if start < 0 else start
    return found[start:] if count < 0 else found[start : start + count]


def _subtract(value: Value, other: Value) -> Value:
    return [item for item in _set(value) if not any(same(item, left) for left in items(other))]


def _intersection(first: Value, *others: Value) -> Value:
    return [item for item in _set(first) if all(any(same(item, left) for left in items(other)) for other in others)]


def _product(budget: Budget, files: Files, *given: Value) -> Value:
    unknown = next((value for value in given if isinstance(value, Unknown)), None)
    if unknown is not None:
        return unknown
    found: list[Value] = [[]]
    for value in given:
        budget.step(len(found) * len(items(value)))
        found = [[*start, item] for start in found for item in items(value)]
    return found


def _chunks(value: Value, size: Value) -> Value:
    found, count = items(value), int(number(size))
    return [found[at : at + count] for at in range(0, len(found), count)] if count else [found]


def _transpose(value: Value) -> Value:
    found: dict[str, list[Value]] = {}
    for key, held in sorted(mapping(value).items()):
        for item in items(held):
            found.setdefault(text(item), []).append(key)
    return found


def _zipmap(keys: Value, values: Value) -> Value:
    if len(items(keys)) != len(items(values)):
        raise Failure("zipmap needs as many keys as values")
    return {text(key): value for key, value in zip(items(keys), items(values), strict=True)}


def _json_encode(budget: Budget, files: Files, value: Value) -> Value:
    unknown = unknown_in(budget.weigh(value))
    if unknown is not None:
        return Encoded(value, unknown.reason)
    return msgspec.json.encode(value, order="sorted").decode()


def _json_decode(value: Value) -> Value:
    try:
        return json.load(text(value).encode(), where="jsondecode")
    except InputError as error:
        raise Failure(str(error)) from None


def _yaml_decode(value: Value) -> Value:
    try:
        documents = yaml.load_all(text(value).encode(), where="yamldecode")
    except InputError as error:
        raise Failure(str(error)) from None
    return documents[0].value if documents else None


def _read(budget: Budget, files: Files, path: Value) -> Value:
    if isinstance(path, Unknown):
        return path
    try:
        return files(text(path)).decode()
    except (InputError, UnicodeDecodeError) as error:
        return Unknown(f"the file {text(path)[:80]!r} cannot be read: {error}")


def _decode(value: Value) -> Value:
    try:
        return base64.b64decode(text(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Failure("not base64 of a text") from None


def _boolean(value: Value) -> Value:
    return None if value is None else truth(value)


def _number(value: Value) -> Value:
    return None if value is None else number(value)


def _string(value: Value) -> Value:
    return None if value is None else text(value)


def _parse_int(value: Value, base: Value) -> Value:
    return int(text(value)[:300], int(number(base)))


def _text_function(function: Callable[[str], Value]) -> Function:
    return _known(lambda value: function(text(value)))


def _two_texts(function: Callable[[str, str], Value]) -> Function:
    return _known(lambda one, other: function(text(one), text(other)))


def _numeric(function: Callable[[float], float]) -> Function:
    return _known(lambda value: function(number(value)))


FUNCTIONS: Mapping[str, Function] = {
    "abs": _numeric(abs),
    "alltrue": _known(lambda value: all(map(truth, items(value)))),
    "anytrue": _known(lambda value: any(map(truth, items(value)))),
    "base64decode": _known(_decode),
    "base64encode": _text_function(lambda value: base64.b64encode(value.encode()).decode()),
    "basename": _text_function(lambda value: PurePosixPath(value).name),
    "ceil": _numeric(math.ceil),
    "chomp": _text_function(lambda value: value.rstrip("\r\n")),
    "chunklist": _shallow(_chunks),
    "cidrhost": _known(addresses.host),
    "cidrnetmask": _known(addresses.netmask),
    "cidrsubnet": _known(addresses.subnet),
    "cidrsubnets": _known(addresses.subnets),
    "coalesce": _any(_coalesce),
    "coalescelist": _any(_coalesce_list),
    "compact": _shallow(_compact),
    "concat": _shallow(_concat),
    "contains": _shallow(_contains),
    "dirname": _text_function(lambda value: str(PurePosixPath(value).parent)),
    "distinct": _known(_distinct),
    "element": _shallow(_element),
    "endswith": _two_texts(str.endswith),
    "file": _read,
    "flatten": lambda budget, files, value: _shallow(_flatten)(budget, files, budget.weigh(value)),
    "floor": _numeric(math.floor),
    "format": _known(_format),
    "formatlist": _known(_format_list),
    "indent": _known(lambda count, value: text(value).replace("\n", "\n" + " " * min(int(number(count)), 1000))),
    "index": _known(_index),
    "join": _known(
        lambda separator, *lists: text(separator).join(text(item) for each in lists for item in items(each))
    ),
    "jsondecode": _known(_json_decode),
    "jsonencode": _json_encode,
    "keys": _shallow(lambda value: sorted(mapping(value))),
    "length": _shallow(_length),
    "lookup": _shallow(_lookup),
    "lower": _text_function(str.lower),
    "max": _known(lambda *values: max(map(number, values))),
    "merge": _shallow(_merge),
    "min": _known(lambda *values: min(map(number, values))),
    "nonsensitive": _any(lambda value: value),
    "one": _shallow(_one),
    "parseint": _known(_parse_int),
    "pow": _known(lambda one, other: number(str(math.pow(number(one), number(other))))),
    "range": _range,
    "regex": _known(lambda pattern, value: patterns.find(text(pattern), text(value))),
    "regexall": _known(lambda pattern, value: patterns.find_all(text(pattern), text(value))),
    "replace": _known(lambda value, old, new: patterns.replaced(text(value), text(old), text(new))),
    "reverse": _shallow(_reverse),
    "sensitive": _any(lambda value: value),
    "setintersection": _known(_intersection),
    "setproduct": _product,
    "setsubtract": _known(_subtract),
    "setunion": _known(lambda *values: _set(_concat(*values))),
    "signum": _numeric(lambda value: (value > 0) - (value < 0)),
    "slice": _shallow(_slice),
    "sort": _known(lambda value: sorted(map(text, items(value)))),
    "split": _two_texts(lambda separator, value: value.split(separator) if separator else list(value)),
    "startswith": _two_texts(str.startswith),
    "strcontains": _two_texts(lambda value, part: part in value),
    "strrev": _text_function(lambda value: value[::-1]),
    "substr": _known(_substr),
    "sum": _known(lambda value: sum(map(number, items(value)))),
    "title": _text_function(patterns.title),
    "tobool": _known(_boolean),
    "tolist": _shallow(items),
    "tomap": _shallow(mapping),
    "tonumber": _known(_number),
    "toset": _known(_set),
    "tostring": _known(_string),
    "transpose": _known(_transpose),
    "trim": _two_texts(str.strip),
    "trimprefix": _two_texts(str.removeprefix),
    "trimspace": _text_function(str.strip),
    "trimsuffix": _two_texts(str.removesuffix),
    "upper": _text_function(str.upper),
    "urlencode": _text_function(lambda value: quote_plus(value)),
    "values": _shallow(lambda value: [found for _, found in sorted(mapping(value).items(), key=lambda pair: pair[0])]),
    "yamldecode": _known(_yaml_decode),
    "zipmap": _shallow(_zipmap),
}


def files_of(root: Path, tree: Path, read: Callable[[Path], bytes]) -> Files:
    """The files that a module may read: named from the folder `root`, as Terraform does, and inside `tree` only."""

    def inside(path: str) -> bytes:
        if "\0" in path or len(path) > 4096:
            raise Failure("no file has such a name")
        found = (root / path).resolve()
        if not found.is_relative_to(tree.resolve()):
            raise Failure("the file is outside the folder that is read")
        return read(found)

    return inside
