"""Functions of Terraform that look into texts: regular expressions and formats, as far as they are safe to run.

Terraform's expressions run in linear time (RE2), Python's do not: one that could take long is not run.
"""

from __future__ import annotations

import re

from seawall.model import Unknown
from seawall.sources.clusters.terraform.values import Failure, Value, number, text, truth

_REPEATS = re.compile(r"[*+?}]")
_RISKY = re.compile(r"\)[*+{]|\(\?[^:Pims]|\\[1-9]")
_MOST_STEPS = 5_000_000
_VERB = re.compile(r"%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])")


def find(pattern: str, value: str) -> Value:
    """The first match: a text, a list of groups, or an object of named groups. Raises Failure where there is none."""
    found = _search(pattern, value)
    if isinstance(found, Unknown):
        return found
    if not found:
        raise Failure("the text does not match the regular expression")
    return _groups(found[0])


def find_all(pattern: str, value: str) -> Value:
    """All matches, each as `find` gives it."""
    found = _search(pattern, value)
    return found if isinstance(found, Unknown) else [_groups(match) for match in found]


def replaced(value: str, old: str, new: str) -> Value:
    """The text with `old` replaced; `/old/` is a regular expression, whose groups are `$1` or `${name}` in `new`."""
    if len(old) < 2 or not (old.startswith("/") and old.endswith("/")):
        return value.replace(old, new)
    found = _search(old[1:-1], value)
    if isinstance(found, Unknown):
        return found
    parts, end = [], 0
    for match in found:
        parts += [value[end : match.start()], _expanded(new, match)]
        end = match.end()
    return "".join([*parts, value[end:]])


def title(value: str) -> str:
    """The text with every word beginning with a capital."""
    return re.sub(r"(?<![^\s])\S", lambda match: match[0].upper(), value)


def formatted(pattern: str, given: tuple[Value, ...]) -> Value:
    """The text that Terraform's `format` makes. Raises Failure."""
    rest = list(given)

    def one(match: re.Match[str]) -> str:
        flags, width, digits, verb = match.groups()
        if verb == "%":
            return "%"
        if not rest or len(width) > 3 or len(digits or "") > 2:
            raise Failure("format gets too few values")
        shape = f"%{flags}{width}" + (f".{digits}" if digits else "")
        value = rest.pop(0)
        if verb in ("s", "v"):
            return f"{shape}s" % text(value)
        if verb == "q":
            return '"' + text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        if verb == "t":
            return text(truth(value))
        if verb in ("d", "x", "X", "o"):
            return f"{shape}{verb}" % int(number(value))
        if verb in ("f", "e", "g"):
            return f"{shape}{verb}" % number(value)
        raise Failure(f"format does not know %{verb}")

    return _VERB.sub(one, pattern)


def _search(pattern: str, value: str) -> list[re.Match[str]] | Unknown:
    """The matches; unknown where it could take long to look for them."""
    loops = len(_REPEATS.findall(pattern))
    if len(pattern) > 1000 or _RISKY.search(pattern) or len(value) ** (min(loops, 9) + 1) > _MOST_STEPS:
        return Unknown("this regular expression is not evaluated")
    try:
        return list(re.compile(pattern, re.ASCII).finditer(value))
    except (re.error, RecursionError, OverflowError):
        return Unknown("this regular expression is not evaluated")


def _groups(match: re.Match[str]) -> Value:
    return match.groupdict() or (list(match.groups()) if match.re.groups else match[0])


def _expanded(new: str, match: re.Match[str]) -> str:
    def one(mark: re.Match[str]) -> str:
        name = mark[1] or mark[2]
        try:
            return match[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", one, new)
