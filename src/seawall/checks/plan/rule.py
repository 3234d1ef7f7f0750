"""What a rule on plans is: metadata, documentation, and a function that says what is wrong with one change."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from seawall.checks.check import Price
from seawall.checks.documented import Documented
from seawall.model import Change as Cost
from seawall.model import Finding, Location, Severity, Status
from seawall.sources.clusters.terraform.changes import Change


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, or undecided, with a change.

    `pool` is the pool that it is about, "" for the cluster; `change` the other way to make it, or the way back.
    """

    message: str
    field: str = ""
    status: Status = Status.FAIL
    severity: Severity | None = None
    pool: str = ""
    change: Cost | None = None
    location: Location | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule may ask: what a change costs, and what the checks find in the cluster as it is and as it will be."""

    price: Price
    before: tuple[Finding, ...] = ()
    after: tuple[Finding, ...] = ()


Function: TypeAlias = Callable[[Change, Facts], Iterator[Said]]


class Rule(Documented, frozen=True, kw_only=True):
    """One rule."""

    function: Function


def rule(id: str, *, severity: Severity, refs: Sequence[str]) -> Callable[[Function], Rule]:  # noqa: A002 - as in check
    """Turn a function into a rule; the first line of its docstring is the title."""

    def made(function: Function) -> Rule:
        title, _, doc = inspect.cleandoc(function.__doc__ or "").partition("\n")
        return Rule(
            id=id,
            name=function.__name__,
            title=title.rstrip("."),
            doc=doc.strip(),
            severity=severity,
            refs=tuple(refs),
            asked_of="a Terraform plan",
            function=function,
        )

    return made
