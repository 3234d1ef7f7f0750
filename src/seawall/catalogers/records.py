"""Records by kind: the form in which what was found in a file can be stored and read back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from seawall.catalogers.cataloger import Record

_KINDS: tuple[type, ...] = get_args(Record)

Records: Any = msgspec.defstruct(
    "Records",
    [("order", bytes, b""), *((kind.__name__, list[kind], msgspec.field(default_factory=list)) for kind in _KINDS)],  # type: ignore[valid-type]
    tag=True,
    omit_defaults=True,
)
"""A list for each kind of record, and in `order` a byte for each record: which list the next one is in."""


def pack(records: Iterable[Record]) -> Any:
    """The records by kind."""
    packed = Records()
    for record in records:
        packed.order += bytes((_KINDS.index(type(record)),))
        getattr(packed, type(record).__name__).append(record)
    return packed


def unpack(packed: Any) -> tuple[Record, ...]:
    """The records in their order."""
    lists = [iter(getattr(packed, kind.__name__)) for kind in _KINDS]
    return tuple(next(lists[kind]) for kind in packed.order)
