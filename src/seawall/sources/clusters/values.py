"""One value at a time: what a format writes, as the model holds it, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seawall.model import Unknown
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.unknown_text import UnknownText, shown


def pick(node: object, *names: str) -> Any:
    """The first of the properties, in whatever case, that is there and not null; None where none is."""
    if not isinstance(node, dict):
        return None
    for name in names:
        if (value := node.get(name)) is not None:
            return value
    lowered = {key.lower(): value for key, value in node.items() if value is not None}
    return next((lowered[name.lower()] for name in names if name.lower() in lowered), None)


def text(node: object, *names: str) -> str:
    """The first of the properties as `pick` finds it, "" where it is no text."""
    value = pick(node, *names)
    return value if isinstance(value, str) else ""


def pool_name(profile: object, index: int) -> str:
    """The name of a node pool in its cluster's list, or its number there."""
    name = pick(profile, "name")
    return shown(name) if isinstance(name, str | UnknownText) and name != "" else f"#{index + 1}"


def puzzled(expected: str, found: object) -> Unknown:
    """The answer to a value of the wrong type: unknown, never a guess. What is unknown already keeps its reason."""
    if isinstance(found, Unknown):
        return found
    if isinstance(found, str):
        kind = "an unresolved template expression" if _is_expression(found) else f"the text {found[:40]!r}"
    else:
        kind = {dict: "an object", list: "a list", bool: "true or false"}.get(type(found), f"{found!r:.40}")
    return Unknown(f"expected {expected}, found {kind}")


def reader(field: Field) -> Callable[[Any], object]:
    """The function that turns the format's value of `field` into the model's; what it cannot read is `Unknown`."""
    match field.kind:
        case Kind.BOOL | Kind.BOOL_TEXT:
            return _boolean({"true": True, "false": False})
        case Kind.FLAG:
            return _boolean({field.yes.lower(): True, field.no.lower(): False})
        case Kind.TEXT | Kind.ENUM:
            return _word(field)
        case Kind.NUMBER:
            return lambda value: value if type(value) is int else puzzled("a whole number", value)
        case Kind.PRESENT:
            return lambda value: True if isinstance(value, dict) else puzzled("an object", value)
        case Kind.PORTS:
            return _items(_port, "a list of port ranges")
        case Kind.KEYS:
            return _items(lambda item: item if isinstance(item, Unknown) else pick(item, "keyData"), "a list of keys")
        case _:
            return _items(lambda item: item, "a list of texts")


def write(field: Field, value: Any) -> Any:
    """The ARM value for the model's: the inverse of `reader`."""
    match field.kind:
        case Kind.FLAG:
            return field.yes if value else field.no
        case Kind.BOOL_TEXT:
            return "true" if value else "false"
        case Kind.PRESENT:
            return {} if value else None
        case Kind.PORTS:
            return [_port_range(item) for item in value]
        case Kind.KEYS:
            return [{"keyData": key} for key in value]
        case Kind.TEXTS:
            return list(value)
        case _:
            return field.none if value is None else value


def _is_expression(word: str) -> bool:
    """ARM: a text in brackets is an expression, unless it begins with two."""
    return word.startswith("[") and word.endswith("]") and not word.startswith("[[")


def _boolean(words: Mapping[str, bool]) -> Callable[[Any], object]:
    expected = " or ".join(words)

    def read(value: Any) -> object:
        if type(value) is bool:
            return value
        answer = words.get(value.lower()) if isinstance(value, str) else None
        return puzzled(expected, value) if answer is None else answer

    return read


def _word(field: Field) -> Callable[[Any], object]:
    empty = field.absent if isinstance(field.absent, str) else None
    known: dict[str, str | None] = {word.lower(): word for word in field.words}
    known |= {"": empty} | ({field.none.lower(): None} if field.none else {})

    def read(value: Any) -> object:
        if type(value) is not str or _is_expression(value):
            return puzzled("a text", value)
        return known.get(value.lower(), value)

    return read


def _items(one: Callable[[Any], object], expected: str) -> Callable[[Any], object]:
    def read(value: Any) -> object:
        if not isinstance(value, list):
            return puzzled(expected, value)
        items = tuple(one(item) for item in value)
        wrong = next((item for item in items if type(item) is not str or _is_expression(item)), None)
        return items if wrong is None and None not in items else puzzled(expected, wrong)

    return read


def _port(item: Any) -> object:
    if isinstance(item, Unknown):
        return item
    start, end, protocol = (pick(item, name) for name in ("portStart", "portEnd", "protocol"))
    if type(start) is int and type(end) is int:
        return f"{start}-{end}/{protocol or 'TCP'}"
    return None


def _port_range(ports: str) -> dict[str, object]:
    span, _, protocol = ports.partition("/")
    start, _, end = span.partition("-")
    return {"portStart": int(start), "portEnd": int(end), "protocol": protocol}
