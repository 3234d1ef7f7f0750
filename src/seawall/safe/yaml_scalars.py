"""What an unquoted word of YAML means, by the rules of Kubernetes.

Kubernetes reads YAML 1.1 through go-yaml 2: `yes`, `on` and `y` are true, `0644` is 420, `1e3` is a number, `12:30` and
dates are text. https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
"""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"([-+]?)(?:0[bB]([01]+)|0[oO]?([0-7]+)|0[xX]([0-9a-fA-F]+)|([1-9][0-9]*|0))", re.ASCII)
_BASES = (2, 8, 16, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_TYPES: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (float, int), "null": (type(None),)}


def resolve(text: str) -> Scalar:
    """The value of an unquoted word without a tag."""
    if text[:1] not in _NUMBER_STARTS:
        return _WORDS.get(text, text)
    if text in _WORDS:
        return _WORDS[text]
    plain = text.replace("_", "")
    if integer := _INTEGER.fullmatch(plain):
        digits = next(group for group in integer.groups()[1:] if group is not None)
        base = _BASES[integer.lastindex - 2] if integer.lastindex else 10
        if len(digits) > 4_000:  # Python refuses to convert more than 4,300; no setting is such a number
            return text
        return -int(digits, base) if integer[1] == "-" else int(digits, base)
    if _FLOAT.fullmatch(plain) and math.isfinite(number := float(plain)):
        return number
    return text


def resolve_as(kind: str, text: str) -> Scalar:
    """The value of a word that is tagged `!!kind`. Raises ValueError for a tag that does not fit or is not known."""
    if kind in ("str", "binary", "timestamp"):
        return text
    value = resolve(text)
    types = _TYPES.get(kind, ())
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise ValueError(f"{text[:40]!r} is not of the type !!{kind}")
    return float(value) if kind == "float" and isinstance(value, int) else value


def key(value: Scalar) -> str:
    """The text that stands for a value when it is the key of a mapping: `on:` is the key "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)
