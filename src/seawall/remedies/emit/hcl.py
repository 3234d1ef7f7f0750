"""Values as HCL, laid out as `terraform fmt` does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

_KEY = re.compile(r"[A-Za-z_][\w-]*")


Resource: TypeAlias = tuple[str, str, dict[str, Any]]
"""Kind, name, body."""


class Raw(str):
    """An expression of HCL, not a text."""


class Map(dict[str, Any]):
    """An attribute that is an object; other dicts are blocks."""


def block(head: str, body: dict[str, Any], indent: int = 0) -> str:
    """A block: attributes first, those of one line aligned; then blocks, lists of dicts being blocks that repeat."""
    pad = "  " * indent
    inner = [*_attributes(body, indent + 1), *_blocks(body, indent + 1)]
    return f"{pad}{head} {{\n" + "\n".join(inner) + f"{pad}}}\n" if inner else f"{pad}{head} {{}}\n"


def quoted(text: str) -> str:
    """A text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _is_block(value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and not isinstance(first, Map)


def _attributes(body: dict[str, Any], indent: int) -> Iterator[str]:
    plain = {_key(key): literal(value, indent) for key, value in body.items() if not _is_block(value)}
    short = {key: text for key, text in plain.items() if "\n" not in text}
    width = max(map(len, short), default=0)
    pad = "  " * indent
    if short:
        yield "".join(f"{pad}{key:<{width}} = {text}\n" for key, text in short.items())
    yield from (f"{pad}{key} = {text}\n" for key, text in plain.items() if "\n" in text)


def _blocks(body: dict[str, Any], indent: int) -> Iterator[str]:
    for key, value in body.items():
        if _is_block(value):
            yield from (block(key, each, indent) for each in (value if isinstance(value, list) else [value]))


def _key(key: str) -> str:
    return key if _KEY.fullmatch(key) else quoted(key)


def literal(value: Any, indent: int) -> str:
    """A value on the right of an equals sign."""
    match value:
        case Raw():
            return str(value)
        case str():
            return quoted(value)
        case bool():
            return "true" if value else "false"
        case dict():
            entries = Map({key: Map(held) if isinstance(held, dict) else held for key, held in value.items()})
            inner = "\n".join(_attributes(entries, indent + 1))
            return "{\n" + inner + "  " * indent + "}" if inner else "{}"
        case list():
            return f"[{', '.join(literal(item, indent) for item in value)}]"
        case _:
            return str(value)
