"""JSON text for files and terminals alike."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def pretty(document: object) -> str:
    r"""`document` as JSON, two spaces a level, ending in a newline.

    Characters that a terminal would obey or hide are escaped (`\u202e`). A name that is not UTF-8 reached us with lone
    surrogates, which JSON cannot hold: they become the text `\udc80`.
    """
    try:
        encoded = msgspec.json.encode(document)
    except UnicodeEncodeError:
        encoded = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(document)))
    lines = msgspec.json.format(encoded, indent=2).decode().split("\n")
    return "\n".join(line if line.isprintable() else _escaped(line) for line in lines) + "\n"


def _escaped(line: str) -> str:
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_surrogates(item) for item in value]
    return value
