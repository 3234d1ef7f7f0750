"""What a rule on plans is: metadata, documentation, and a function that says what is wrong with one change."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from seawall.checks.check import Price
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


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule; `severity` is that of what it says unless it says another."""

    id: str
    name: str
    title: str
    doc: str
    severity: Severity
    refs: tuple[str, ...]
    function: Function

    @property
    def page(self) -> str:
        """What `seawall explain` prints, Markdown."""
        head = f"# {self.id}: {self.title}\n\n`{self.name}` · severity {self.severity} · asked of a Terraform plan"
        return f"{head}\n\n{self.doc}\n\n## References\n\n" + "\n".join(f"- <{ref}>" for ref in self.refs) + "\n"


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
            function=function,
        )

    return made
