"""What a check is: metadata, examples, documentation and a function that yields what is wrong."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec

from seawall.model import Change, Cluster, Image, Pool, Severity, Tool
from seawall.model.dockerfile import Edit

Example: TypeAlias = Cluster | tuple[Cluster, ...] | Image | str


class Fail(msgspec.Struct, frozen=True):
    """The problem is there. `message` names the value found, `field` is its path in the model.

    `sets` and `severity` replace the check's own. A check of a fleet names the `cluster` that has to change, and
    may hand over a `change` that is already priced. A check of a Dockerfile names the `line`, and where it is safe,
    the `edits` that mend it.
    """

    message: str
    field: str
    sets: Mapping[str, object] | None = None
    severity: Severity | None = None
    cluster: Cluster | None = None
    change: Change | None = None
    line: int = 0
    edits: tuple[Edit, ...] = ()


class Undecided(msgspec.Struct, frozen=True):
    """It cannot be told whether the problem is there. `message` says what is missing, `field` where."""

    message: str
    field: str
    line: int = 0


Verdicts: TypeAlias = Iterator[Fail | Undecided]


class Price(Protocol):
    """What a change costs: `sets` maps paths to values; a `pool.` path applies to `pool`, or to every pool."""

    def __call__(
        self, cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None
    ) -> Change: ...


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check. `takes` are the function's parameters, of cluster, pool, fleet, image, dockerfile, today and stage, in
    order: the last is "production", "lower" or "" (`Grouping.stage`). `kind` is what a finding of it is about: cluster,
    pool, fleet, image or dockerfile.

    `sets` is the change that mends the problem of a cluster. Examples are clusters, tuples of clusters for a check of a
    fleet, or texts of Dockerfiles; `unknowns` are those that cannot be decided.
    """

    id: str
    name: str
    title: str
    doc: str
    severity: Severity
    sets: Mapping[str, object]
    refs: tuple[str, ...]
    passes: tuple[Example, ...]
    fails: tuple[Example, ...]
    unknowns: tuple[Example, ...]
    function: Callable[..., Verdicts]
    takes: tuple[str, ...]
    kind: str


def check(
    id: str,  # noqa: A002 - reads as what it is at 40 call sites
    *,
    severity: Severity,
    refs: Sequence[str],
    passes: Sequence[Example],
    fails: Sequence[Example],
    unknowns: Sequence[Example] = (),
    sets: Mapping[str, object] | None = None,
) -> Callable[[Callable[..., Verdicts]], Check]:
    """Turn a function into a check. Its first docstring line is the title; its parameters say what it is given:

    `cluster`; `pool` to be asked once for every node pool; `fleet`; `image`, with `days`, the most it may be old;
    `dockerfile`; `today`, a date. It yields `Fail` and `Undecided`; `known(x)` of an unknown value ends it undecided.
    """

    def made(function: Callable[..., Verdicts]) -> Check:
        title, _, doc = inspect.cleandoc(function.__doc__ or "").partition("\n")
        takes = tuple(inspect.signature(function).parameters)
        return Check(
            id=id,
            name=function.__name__,
            title=title.rstrip("."),
            doc=doc.strip(),
            severity=severity,
            sets=sets or {},
            refs=tuple(refs),
            passes=tuple(passes),
            fails=tuple(fails),
            unknowns=tuple(unknowns),
            function=function,
            takes=takes,
            kind=next((kind for kind in ("fleet", "pool", "image", "dockerfile") if kind in takes), "cluster"),
        )

    return made
