"""Texts of which a part is unknown: unknown as a value, and still good for a name, for people and for matching."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seawall.model import Unknown

_LONGEST = 1_000
"""Characters kept of such a text; a template can double it with every step."""


class UnknownText(Unknown):
    """An unknown value that can be shown: `text` has `{name}` where a part is unknown, as in `{clusterName}-pool`.

    Texts made in the same way of the same parts are equal, so that a pool finds its cluster by a name nobody knows.
    """

    __slots__ = ("text",)

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason)
        self.text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def shown(value: Any) -> str:
    """The value as a text for names: an unknown part is `{…}`, or `{?}` where nobody named it."""
    if isinstance(value, UnknownText):
        return value.text
    if isinstance(value, Unknown):
        return "{?}"
    if isinstance(value, bool):
        return str(value)
    return str(value) if isinstance(value, str | int | float) else "{…}"


def joined(parts: Iterable[Any]) -> str | Unknown:
    """The parts as one text; where one is unknown the whole is, with that one's reason."""
    parts = list(parts)
    text = "".join(map(shown, parts))
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    return text if unknown is None else UnknownText(unknown.reason, text)


def within(value: Unknown, name: str) -> Unknown:
    """A property, or an item, of something unknown."""
    if isinstance(value, UnknownText) and value.text.startswith("{") and value.text.endswith("}"):
        return UnknownText(value.reason, f"{value.text[:-1]}.{name}}}")
    return Unknown(value.reason)


def segments(text: str) -> list[str]:
    """The parts of a name or an id between its slashes; those inside of `{…}` do not count."""
    found, depth = [""], 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if character == "/" and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found
