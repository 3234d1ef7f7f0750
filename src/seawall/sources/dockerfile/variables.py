"""Variables in words: `$NAME`, `${NAME:-default}`. A value that nobody set makes the word unknown, never empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Values: TypeAlias = Mapping[str, str | None]
"""What is set, by name; None where a name is declared and its value comes from outside."""

MOST = 65_536
"""Characters of one value: stops texts that double themselves."""

_BRACED = re.compile(r"\{(\w+)(?:(:?[-+?])(.*))?\}", re.DOTALL)
_PLAIN = re.compile(r"\w+", re.ASCII)


def variable(text: str, start: int, values: Values, depth: int = 0) -> tuple[str | None, int]:
    """What the `$` at `start` stands for, None where that is not known, and the index after it."""
    if text[start + 1 : start + 2] == "{":
        end = _closing(text, start + 1)
        match = _BRACED.fullmatch(text[start + 1 : end])
        return (_braced(match, values, depth) if match and depth < 10 else None), end
    name = _PLAIN.match(text, start + 1)
    if name is None:
        return "$", start + 1
    return values.get(name[0]), name.end()


def expand(text: str, values: Values, escape: str = "\\", depth: int = 0) -> tuple[str, bool]:
    """A word of an instruction without its quotes, its variables replaced; and whether all of them were known."""
    made: list[str] = []
    index, quote, known, length = 0, "", True, 0
    while index < len(text):
        char = text[index]
        if quote != "'" and char == "$":
            value, end = variable(text, index, values, depth)
            known = known and value is not None
            made.append(text[index:end] if value is None else value)
            length += len(made[-1])
            index = end
        elif quote != "'" and char == escape and index + 1 < len(text):
            made.append(text[index + 1])
            index += 2
        else:
            if char == quote or (not quote and char in "'\""):
                quote = "" if quote else char
            else:
                made.append(char)
            index += 1
        if length > MOST:
            return text, False
    return "".join(made), known


def _braced(match: re.Match[str], values: Values, depth: int) -> str | None:
    name, operator, word = match[1], match[2] or "", match[3] or ""
    declared, value = name in values, values.get(name)
    if declared and value is None:
        return None  # it comes from outside
    if "?" in operator or not operator:
        return value
    there = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("-") and there:
        return value
    if operator.endswith("+") and not there:
        return ""
    text, known = expand(word, values, depth=depth + 1)
    return text if known else None


def _closing(text: str, start: int) -> int:
    """The index after the brace that closes the one at `start`."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return len(text)
