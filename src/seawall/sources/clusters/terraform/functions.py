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
from seawall.sources.clusters.terraform import addresses, collections, patterns
from seawall.sources.clusters.terraform.values import (
    Budget,
    Encoded,
    Failure,
    Value,
    items,
    mapping,
    number,
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


def _format(pattern: Value, *given: Value) -> Value:
    return patterns.formatted(text(pattern), given)


def _format_list(pattern: Value, *given: Value) -> Value:
    count = max((len(value) for value in given if isinstance(value, list)), default=1)
    rows = ([value[at] if isinstance(value, list) else value for value in given] for at in range(count))
    return [_format(pattern, *row) for row in rows]


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


def _substr(value: Value, offset: Value, length: Value) -> Value:
    found, start, count = text(value), int(number(offset)), int(number(length))
    start = max(0, start + len(found)) if start < 0 else start
    return found[start:] if count < 0 else found[start : start + count]


def _product(budget: Budget, files: Files, *given: Value) -> Value:
    unknown = next((value for value in given if isinstance(value, Unknown)), None)
    if unknown is not None:
        return unknown
    found: list[Value] = [[]]
    for value in given:
        budget.step(len(found) * len(items(value)))
        found = [[*start, item] for start in found for item in items(value)]
    return found


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
    "chunklist": _shallow(collections.chunks),
    "cidrhost": _known(addresses.host),
    "cidrnetmask": _known(addresses.netmask),
    "cidrsubnet": _known(addresses.subnet),
    "cidrsubnets": _known(addresses.subnets),
    "coalesce": _any(collections.coalesce),
    "coalescelist": _any(collections.coalesce_list),
    "compact": _shallow(collections.compact),
    "concat": _shallow(collections.concat),
    "contains": _shallow(collections.contains),
    "dirname": _text_function(lambda value: str(PurePosixPath(value).parent)),
    "distinct": _known(collections.distinct),
    "element": _shallow(collections.element),
    "endswith": _two_texts(str.endswith),
    "file": _read,
    "flatten": lambda budget, files, value: _shallow(collections.flatten)(budget, files, budget.weigh(value)),
    "floor": _numeric(math.floor),
    "format": _known(_format),
    "formatlist": _known(_format_list),
    "indent": _known(lambda count, value: text(value).replace("\n", "\n" + " " * min(int(number(count)), 1000))),
    "index": _known(collections.position),
    "join": _known(
        lambda separator, *lists: text(separator).join(text(item) for each in lists for item in items(each))
    ),
    "jsondecode": _known(_json_decode),
    "jsonencode": _json_encode,
    "keys": _shallow(lambda value: sorted(mapping(value))),
    "length": _shallow(collections.length),
    "lookup": _shallow(collections.lookup),
    "lower": _text_function(str.lower),
    "max": _known(lambda *values: max(map(number, values))),
    "merge": _shallow(collections.merge),
    "min": _known(lambda *values: min(map(number, values))),
    "nonsensitive": _any(lambda value: value),
    "one": _shallow(collections.only),
    "parseint": _known(_parse_int),
    "pow": _known(lambda one, other: number(str(math.pow(number(one), number(other))))),
    "range": _range,
    "regex": _known(lambda pattern, value: patterns.find(text(pattern), text(value))),
    "regexall": _known(lambda pattern, value: patterns.find_all(text(pattern), text(value))),
    "replace": _known(lambda value, old, new: patterns.replaced(text(value), text(old), text(new))),
    "reverse": _shallow(collections.reverse),
    "sensitive": _any(lambda value: value),
    "setintersection": _known(collections.intersection),
    "setproduct": _product,
    "setsubtract": _known(collections.subtract),
    "setunion": _known(lambda *values: collections.unique(collections.concat(*values))),
    "signum": _numeric(lambda value: (value > 0) - (value < 0)),
    "slice": _shallow(collections.part),
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
    "toset": _known(collections.unique),
    "tostring": _known(_string),
    "transpose": _known(collections.transpose),
    "trim": _two_texts(str.strip),
    "trimprefix": _two_texts(str.removeprefix),
    "trimspace": _text_function(str.strip),
    "trimsuffix": _two_texts(str.removesuffix),
    "upper": _text_function(str.upper),
    "urlencode": _text_function(lambda value: quote_plus(value)),
    "values": _shallow(lambda value: [found for _, found in sorted(mapping(value).items(), key=lambda pair: pair[0])]),
    "yamldecode": _known(_yaml_decode),
    "zipmap": _shallow(collections.zipmap),
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
