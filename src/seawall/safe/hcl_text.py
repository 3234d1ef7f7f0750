"""Texts of HCL: escapes, numbers, and the blanks that a heredoc takes away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.safe.hcl_tree import Expression

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def number(text: str) -> int | float:
    """A number as HCL writes it; whole where it is whole. Raises ValueError."""
    if len(text) > 300:
        raise ValueError("a number of more than 300 digits")
    value = float(text)
    return int(text) if text.lstrip("-").isdigit() else int(value) if value.is_integer() else value


def unescaped(text: str) -> str:
    """The text that a quoted text means."""

    def one(match: re.Match[str]) -> str:
        found = match[1]
        if len(found) > 1:
            code = int(found[1:], 16)
            return chr(code) if code < 0x110000 else "�"
        return _ESCAPED.get(found, found)

    return _ESCAPE.sub(one, text) if "\\" in text else text


def plain(text: str) -> str:
    """The text with the escaped beginnings of interpolations and directives as they are meant."""
    return text.replace("$${", "${").replace("%%{", "%{")


def trimmed(parts: list[str | Expression], *, indented: bool) -> list[str | Expression]:
    """The parts of a heredoc without the line break after its first line and the blanks before its end mark."""
    if parts and isinstance(parts[0], str):
        parts[0] = (
            parts[0].lstrip(" \t\r").removeprefix("\n") if parts[0].lstrip(" \t\r").startswith("\n") else parts[0]
        )
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(" \t")
    if indented:
        depth = min(_indents(parts), default=0)
        margin = re.compile(rf"(?m)(?<=\n)[ \t]{{{depth}}}")
        for at, part in enumerate(parts):
            if isinstance(part, str):
                parts[at] = margin.sub("", part[depth:] if at == 0 else part)
    return [part for part in parts if part != ""]


def _indents(parts: list[str | Expression]) -> Iterator[int]:
    """The depth of every line that is not blank; a line may begin with an expression."""
    for at, part in enumerate(parts):
        if not isinstance(part, str):
            if at == 0:
                yield 0
            continue
        first, *others = part.split("\n")
        lines = [first, *others] if at == 0 else others
        for index, line in enumerate(lines):
            ends = index == len(lines) - 1 and at < len(parts) - 1
            if line.strip() or ends:
                yield len(line) - len(line.lstrip(" \t"))
