"""JSON, bounded in size and depth, in the encodings that shells write it in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from seawall.errors import InputError, LimitExceeded, Malformed
from seawall.safe import json_lines
from seawall.safe.limits import DEFAULT, Limits

T = TypeVar("T")
Pointer = json_lines.Pointer

_BYTE = re.compile(r" ?\(byte (\d+)\)")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b'"[]{}'))


def load(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Any:
    """The JSON value in `data`: UTF-8, or UTF-16 as PowerShell 5 writes it, with or without a byte order mark.

    Of a key that is written twice in one object the last one counts, as for Python, Go and .NET: what a reader sees
    first in the file may not be what holds. Raises Malformed with line and column, or LimitExceeded.
    """
    value, text = _decode(data, Any, where, limits)
    if _deeper_than(limits.nesting, text):
        raise LimitExceeded("nesting", limits.nesting, where=where)
    return value


def decode(data: bytes, shape: type[T], *, where: str, limits: Limits = DEFAULT) -> T:
    """The value in `data` as a type that msgspec knows. Raises as `load` does, and Malformed for another shape.

    The depth is that of the type; what a type leaves open (`Any`) is bounded by the stack only.
    """
    value: T = _decode(data, shape, where, limits)[0]
    return value


def lines(data: bytes, pointers: Iterable[Pointer]) -> dict[Pointer, int]:
    """The line, from 1, where the key or list item begins that each pointer leads to; `()` is the value itself.

    Pointers that lead nowhere are left out. `data` is what `load` accepts; behind a fault nothing is found.
    """
    try:
        return json_lines.find(_utf8(data), pointers)
    except UnicodeDecodeError:
        return {}


def _decode(data: bytes, shape: Any, where: str, limits: Limits) -> tuple[Any, bytes]:
    if len(data) > limits.json_bytes:
        raise LimitExceeded("json_bytes", limits.json_bytes, where=where, found=len(data))
    decoder = _decoder(shape)
    try:
        return decoder.decode(data), data
    except _FAULTS as error:
        fault = error
    try:
        text = _utf8(data)  # only now: nearly all data are plain UTF-8
        if text is not data:
            return decoder.decode(text), text
    except _FAULTS as error:
        fault = error
    raise _explain(fault, data if isinstance(fault, UnicodeDecodeError) else text, where, limits)


@lru_cache(maxsize=64)
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def _utf8(data: bytes) -> bytes:
    """The same text in UTF-8; the very same object when it is that already. Raises UnicodeDecodeError."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16").encode()
    # without a mark: JSON begins with an ASCII character, so one of its two bytes is zero
    if data[1:2] == b"\0":
        return data.decode("utf-16-le").encode()
    if data[:1] == b"\0":
        return data.decode("utf-16-be").encode()
    return data


def _explain(fault: Exception, text: bytes, where: str, limits: Limits) -> InputError:
    """The error for people: what is wrong, in which line, and what may have gone wrong before."""
    if isinstance(fault, RecursionError):
        return LimitExceeded("nesting", limits.nesting, where=where)
    if isinstance(fault, msgspec.ValidationError):
        return Malformed(f"not the content that was expected: {fault}", where=where)
    if not text.strip():
        return Malformed("the file is empty", where=where, hint="the command that wrote it may have failed")
    if isinstance(fault, UnicodeDecodeError):
        return Malformed("not valid JSON: the text is not UTF-8", where=where, hint="save the file as UTF-8")
    message, hint = str(fault).removeprefix("JSON is malformed: "), ""
    offset = len(text)
    if found := _BYTE.search(message):
        offset, message = int(found[1]), message[: found.start()]
    else:
        hint = "it breaks off: the command that wrote it may have been stopped"
    if text.lstrip()[:1] not in b'{["-0123456789tfn':
        hint = "it does not begin like JSON: a table, a warning or a web page may have been written into it"
    elif text[offset : offset + 1] in (b"N", b"I"):
        hint = "NaN and Infinity are not JSON; write null"
    line = text.count(b"\n", 0, offset) + 1
    column = offset - text.rfind(b"\n", 0, offset)
    return Malformed(f"not valid JSON: line {line}, column {column}: {message}", where=where, hint=hint)


def _deeper_than(bound: int, text: bytes) -> bool:
    """True when valid JSON nests deeper than `bound`. All in passes of C code: a tenth of the time of decoding."""
    if text.count(b"[") + text.count(b"{") <= bound:
        return False
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = text.translate(_SQUARE, _NO_BRACKETS).replace(b'""', b"")  # every quote left encloses a bracket
    if b'"' in brackets:
        brackets = b"".join(brackets.split(b'"')[::2])
    for _ in range(bound):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")  # the innermost level
    return bool(brackets)
