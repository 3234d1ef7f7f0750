"""The arguments of one instruction: flags, words, JSON arrays, `NAME=value` pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.model.dockerfile import Pair, Word
from seawall.sources.dockerfile.lines import Marked
from seawall.sources.dockerfile.variables import Values, expand

_FLAG = re.compile(r"--([\w.-]+)(?:=(\S*))?(?:\s+|$)")
_JSON_TEXT = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*')


def flags(rest: Marked, values: Values, escape: str) -> tuple[tuple[tuple[str, Word], ...], Marked]:
    """The flags at the front, and what follows them."""
    found: list[tuple[str, Word]] = []
    start = len(rest.text) - len(rest.text.lstrip())
    while match := _FLAG.match(rest.text, start):
        offset = match.start(2) if match[2] is not None else match.start()
        found.append((match[1], placed(rest, match[2] or "", offset, values, escape)))
        start = match.end()
    return tuple(found), rest.cut(start)


def split(rest: Marked, values: Values, escape: str) -> tuple[Word, ...]:
    """The words, at blanks outside quotes."""
    return tuple(placed(rest, text, offset, values, escape) for offset, text in _parts(rest.text, escape))


def json(rest: Marked, values: Values) -> tuple[Word, ...] | None:
    """The texts of a JSON array; None where it is none, which a shell then gets as it is written."""
    text = rest.text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    index, end = rest.text.index("[") + 1, rest.text.rindex("]")
    found: list[Word] = []
    while match := _JSON_TEXT.match(rest.text, index, end):
        line, column = rest.at(match.start(1))
        found.append(Word(text=match[1], value=_unescaped(match[1]), line=line, column=column))
        index = match.end()
        if index == end:
            return tuple(found)
        if rest.text[index] != ",":
            return None
        index += 1
    return () if not found and not rest.text[index:end].strip() else None


def pairs(rest: Marked, values: Values, escape: str) -> Iterator[Pair]:
    """`A=1 B="2 3"`, and the older `A 1`, where all that follows is the value."""
    parts = list(_parts(rest.text, escape))
    if parts and "=" not in parts[0][1]:
        value = placed(rest, rest.text[parts[1][0] :].strip(), parts[1][0], values, escape) if len(parts) > 1 else None
        yield Pair(name=parts[0][1], value=value, line=rest.at(parts[0][0])[0])
        return
    for offset, text in parts:
        name, equals, value_text = text.partition("=")
        value = placed(rest, value_text, offset + len(name) + 1, values, escape) if equals else None
        yield Pair(name=name.strip("'\""), value=value, line=rest.at(offset)[0])


def placed(rest: Marked, text: str, offset: int, values: Values, escape: str) -> Word:
    """A word with its value and place."""
    line, column = rest.at(offset)
    value, known = expand(text, values, escape)
    return Word(text=text, value=value, known=known, line=line, column=column)


def _parts(text: str, escape: str) -> Iterator[tuple[int, str]]:
    start, quote, index = -1, "", 0
    while index <= len(text):
        char = text[index : index + 1]
        if not char or (char.isspace() and not quote):
            if start >= 0:
                yield start, text[start:index]
            start = -1
        else:
            start = index if start < 0 else start
            if char == escape and quote != "'":
                index += 1
            elif char == quote or (not quote and char in "'\""):
                quote = "" if quote else char
        index += 1


def _unescaped(text: str) -> str:
    simple = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}

    def one(match: re.Match[str]) -> str:
        if match[1].startswith("u"):
            return chr(int(match[1][1:], 16))
        return simple.get(match[1], match[1])

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", one, text[1:-1], flags=re.DOTALL)
