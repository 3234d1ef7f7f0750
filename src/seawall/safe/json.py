"""JSON, bounded in size and depth."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from seawall.errors import LimitExceeded, Malformed
from seawall.safe.limits import DEFAULT, Limits

T = TypeVar("T")


def load(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Any:
    """The JSON value in `data`. Raises Malformed with the place, or LimitExceeded."""
    return decode(data, Any, where=where, limits=limits)


def decode(data: bytes, type: type[T], *, where: str, limits: Limits = DEFAULT) -> T:  # noqa: A002
    """The JSON value in `data` as a `type` of msgspec. Raises Malformed for another shape, or LimitExceeded."""
    if len(data) > limits.json_bytes:
        raise LimitExceeded("json_bytes", limits.json_bytes, where=where, found=len(data))
    try:
        return msgspec.json.decode(data, type=type)
    except msgspec.ValidationError as error:
        raise Malformed(f"JSON of the wrong shape: {error}", where=where) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"not valid JSON: {error}", where=where) from None
