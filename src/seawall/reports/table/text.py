"""Text in columns: how wide it is, and where to break or cut it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def columns(text: str) -> int:
    """The columns that printable `text` takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def cut(text: str, width: int) -> str:
    """At most `width` columns of `text`, an ellipsis where something is missing; 0 for no bound."""
    if not width or columns(text) <= width:
        return text
    kept = text[: width - 1]
    while columns(kept) > width - 1:
        kept = kept[:-1]
    return kept + "…"


def cut_start(text: str, width: int) -> str:
    """As `cut`, keeping the end: that is where `org.apache.logging.log4j:log4j-core` says what it is."""
    return cut(text[::-1], width)[::-1]


def pad(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def wrap(text: str, width: int, indent: str) -> list[str]:
    """`text` in lines that fit beside `indent`, which stands before all but the first: the caller places that one.

    A word that is too long, a path or an address, is left whole so that it can be copied; `width` 0 is no bound.
    """
    lines, room = [""], max(width - len(indent), 20)
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width and lines[-1] and columns(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return [lines[0], *(indent + line for line in lines[1:])]


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Sequence[str], most: int) -> str:
    """The first `most` words, and how many more there are; 0 for all of them."""
    shown = words[: most or None]
    more = len(words) - len(shown)
    return ", ".join(shown) + (f" +{more}" if more else "")
