"""JSON, bounded in size and depth."""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.errors import LimitExceeded, Malformed
from seawall.safe.limits import DEFAULT, Limits


def load(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Any:
    """The JSON value in `data`. Raises Malformed with the place, or LimitExceeded."""
    if len(data) > limits.json_bytes:
        raise LimitExceeded("json_bytes", limits.json_bytes, where=where, found=len(data))
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"not valid JSON: {error}", where=where) from None
