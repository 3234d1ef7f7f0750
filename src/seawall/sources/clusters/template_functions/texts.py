"""Functions on texts. Where ARM does not say otherwise, they are case-sensitive."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urljoin

import msgspec

from seawall.errors import InputError, LimitExceeded
from seawall.model import Unknown
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.clusters.template_functions.function import Care, Function, deep, lenient
from seawall.sources.clusters.unknown_text import UnknownText, joined, shown

_HOLE = re.compile(r"\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}")


def as_text(value: Any) -> str:
    """`string`: a text as it is, anything else as JSON; true and false as .NET writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    return msgspec.json.encode(value).decode()


def text(value: Any) -> str:
    """The value, which must be a text. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(type(value))
    return value


def _format(pattern: Any, *given: Any) -> str | Unknown:
    """Composite formatting of .NET with the arguments' own texts: numbers keep a `D3` or `X` form."""
    *values, limits = given
    parts: list[Any] = []
    end = size = 0
    for hole in _HOLE.finditer(text(pattern)):
        parts.append(pattern[end : hole.start()])
        parts.append(hole[0][0] if hole[1] is None else _filled(values[int(hole[1])], hole[2], hole[3]))
        end = hole.end()
        size += len(shown(parts[-1]))
        if size > limits.template_text:
            raise LimitExceeded("template_text", limits.template_text, where="")
    return joined([*parts, pattern[end:]])


def _filled(value: Any, width: str | None, form: str | None) -> Any:
    if isinstance(value, Unknown):
        return value
    if form and type(value) is int and (digits := re.fullmatch(r"([dDxX])(\d{0,2})", form)):
        letter = digits[1].replace("D", "d")
        written = format(value, f"0{digits[2]}{letter}" if digits[2] else letter)
    elif isinstance(value, float) or form:
        raise ValueError(form)
    else:
        written = as_text(value)
    size = min(abs(int(width or 0)), 1_000)
    return written.rjust(size) if int(width or 0) >= 0 else written.ljust(size)


def _concat(*values: Any) -> Any:
    """Texts into one, or lists into one."""
    if any(isinstance(value, list) for value in values):
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        return (
            unknown
            if unknown is not None
            else [item for value in values for item in (value if isinstance(value, list) else [value])]
        )
    return joined([value if isinstance(value, Unknown) else as_text(value) for value in values])


def _join(values: Any, delimiter: Any, limits: Limits) -> Any:
    if isinstance(values, Unknown) or isinstance(delimiter, Unknown):
        return values if isinstance(values, Unknown) else delimiter
    if not isinstance(values, list):
        raise TypeError
    if len(values) * len(text(delimiter)) > limits.template_text:
        raise LimitExceeded("template_text", limits.template_text, where="")
    parts: list[Any] = []
    for value in values:
        parts += [text(delimiter), value if isinstance(value, Unknown) else as_text(value)]
    return joined(parts[1:])


def _recased(value: Any, case: Any) -> Any:
    if isinstance(value, UnknownText):
        return UnknownText(value.reason, case(value.text))
    return value if isinstance(value, Unknown) else case(text(value))


def _substring(value: Any, start: Any, length: Any = None) -> str:
    end = len(text(value)) if length is None else start + length
    if not 0 <= start <= end <= len(value):
        raise ValueError
    return str(value[start:end])


def _pad_left(value: Any, length: Any, character: Any = " ") -> str:
    if type(length) is not int or length > 16:  # ARM's own bound
        raise ValueError
    return as_text(value).rjust(length, character)


def _replace(value: Any, old: Any, new: Any, limits: Limits) -> str:
    found = text(value).count(text(old)) if old else 0
    if len(value) + found * len(text(new)) > limits.template_text:
        raise LimitExceeded("template_text", limits.template_text, where="")
    return str(value.replace(old, new)) if old else str(value)


def _split(value: Any, delimiters: Any) -> list[str]:
    marks = delimiters if isinstance(delimiters, list) else [delimiters]
    return re.split("|".join(re.escape(text(mark)) for mark in marks if mark), text(value))


def _parse(value: Any) -> Any:
    try:
        return json.load(text(value).encode(), where="")
    except InputError as error:
        raise ValueError from error


def _decoded(value: Any) -> str:
    return base64.b64decode(text(value), validate=True).decode()


def _data_uri(value: Any) -> str:
    return f"data:text/plain;charset=utf8;base64,{base64.b64encode(text(value).encode()).decode()}"


def _from_data_uri(value: Any) -> str:
    head, _, data = text(value).partition(",")
    return _decoded(data) if head.lower().endswith(";base64") else unquote(data)


def _hashed(name: str) -> Function:
    def show(*values: Any) -> Unknown:
        return UnknownText(f"only Azure works out {name}()", f"{{{name}({', '.join(map(shown, values))})}}")

    return Function(show, Care.NONE)


FUNCTIONS: Mapping[str, Function] = {
    "base64": Function(lambda value: base64.b64encode(text(value).encode()).decode()),
    "base64ToJson": Function(lambda value: _parse(_decoded(value))),
    "base64ToString": Function(_decoded),
    "concat": lenient(_concat),
    "dataUri": Function(_data_uri),
    "dataUriToString": Function(_from_data_uri),
    "endsWith": Function(lambda value, end: text(value).lower().endswith(text(end).lower())),
    "format": Function(_format, Care.NONE, limited=True),
    "guid": _hashed("guid"),
    "indexOf": Function(lambda value, part: text(value).lower().find(text(part).lower())),
    "join": Function(_join, Care.NONE, limited=True),
    "json": Function(_parse),
    "lastIndexOf": Function(lambda value, part: text(value).lower().rfind(text(part).lower())),
    "newGuid": _hashed("newGuid"),
    "padLeft": Function(_pad_left),
    "replace": Function(_replace, limited=True),
    "split": Function(_split),
    "startsWith": Function(lambda value, start: text(value).lower().startswith(text(start).lower())),
    "string": deep(as_text),
    "substring": Function(_substring),
    "toLower": lenient(lambda value: _recased(value, str.lower)),
    "toUpper": lenient(lambda value: _recased(value, str.upper)),
    "trim": Function(lambda value: text(value).strip()),
    "uniqueString": _hashed("uniqueString"),
    "uri": Function(lambda base, relative: urljoin(text(base), text(relative).lstrip("/"))),
    "uriComponent": Function(lambda value: quote(text(value), safe="-_.!~*'()")),
    "uriComponentToString": Function(lambda value: unquote(text(value))),
}
