"""What a function of templates is here, and the bounds on the values that pass through."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from seawall.errors import LimitExceeded
from seawall.model import Unknown
from seawall.safe.limits import Limits


class Care(enum.Enum):
    """How far an unknown argument spoils the value."""

    TOP = "an argument that is unknown"
    DEEP = "an argument with anything unknown in it"
    NONE = "the function decides by itself"


class Function(msgspec.Struct, frozen=True):
    """`run` gets the arguments, and the limits last where it is `limited`; Python's own errors mean wrong arguments."""

    run: Callable[..., Any]
    care: Care = Care.TOP
    limited: bool = False


def deep(run: Callable[..., Any]) -> Function:
    """A function that looks into its arguments."""
    return Function(run, Care.DEEP)


def lenient(run: Callable[..., Any]) -> Function:
    """A function that copes with unknown arguments."""
    return Function(run, Care.NONE)


def nodes(value: Any) -> Iterable[Any]:
    """The value and everything in it."""
    pending = [value]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def unknown_in(values: Iterable[Any], *, deep: bool) -> Unknown | None:
    """The first unknown one of the values, or of anything in them."""
    found = (node for value in values for node in (nodes(value) if deep else (value,)))
    return next((node for node in found if isinstance(node, Unknown)), None)


def weigh(values: Iterable[Any], limits: Limits) -> int:
    """How much there is in the values. Raises LimitExceeded for more than one template may hold."""
    items = size = 0
    for value in values:
        for node in nodes(value):
            items += 1
            size += len(node) if isinstance(node, str) else 0
            if items > limits.template_items or size > limits.template_text:
                name = "template_items" if items > limits.template_items else "template_text"
                raise LimitExceeded(name, getattr(limits, name), where="")
    return items + size // 256
