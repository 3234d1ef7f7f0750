"""Ask every check of every cluster, node pool and fleet, and write down what is wrong and what is not known."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import msgspec

from seawall.checks.check import Check, Fail, Price, Undecided
from seawall.checks.grouping import AUTOMATIC, Grouping
from seawall.checks.groups import Fleet, fleets
from seawall.errors import UnknownValue
from seawall.model import Cluster, Finding, Location, Pool, Status, Subject, Unknown
from seawall.model.paths import GROUPS, all_paths

S = TypeVar("S", bound=msgspec.Struct)

_PATHS = frozenset((*all_paths(), "pools"))


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many checks one cluster passed and failed, and how many could not be decided."""

    passed: int
    failed: int
    undecided: int


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """`tallies` has one entry for each cluster, in the order given; `fleets` are there if a check asked for them."""

    findings: tuple[Finding, ...]
    tallies: tuple[Tally, ...]
    fleets: tuple[Fleet, ...] = ()


def run(
    clusters: Sequence[Cluster],
    checks: Sequence[Check],
    *,
    today: datetime.date,
    cost: Price,
    grouping: Grouping = AUTOMATIC,
) -> Results:
    """Judge the clusters, and the fleets that they form. `cost` is asked for failures only."""
    singly = [check for check in checks if check.kind != "fleet"]
    together = [check for check in checks if check.kind == "fleet"]
    judged = [tuple(_judge(cluster, singly, today, cost, grouping.stage(cluster))) for cluster in clusters]
    groups = fleets(zip(clusters, judged, strict=True), grouping) if together else ()
    findings = [finding for fleet in groups for check in together for finding in _judge_fleet(check, fleet, cost)]
    return Results(
        findings=(*chain.from_iterable(judged), *findings),
        tallies=tuple(_tally(found, len(singly)) for found in judged),
        fleets=groups,
    )


def _tally(findings: tuple[Finding, ...], asked: int) -> Tally:
    failed = {finding.rule for finding in findings if finding.status is Status.FAIL}
    undecided = {finding.rule for finding in findings} - failed
    return Tally(passed=asked - len(failed) - len(undecided), failed=len(failed), undecided=len(undecided))


def _judge(
    cluster: Cluster, checks: Sequence[Check], today: datetime.date, cost: Price, stage: str
) -> Iterator[Finding]:
    given: dict[str, object] = {"cluster": cluster, "pool": None, "today": today, "stage": stage}
    marked = functools.cache(lambda: _marked(cluster))
    of_cluster = Subject(kind="cluster", name=cluster.name)
    pools = () if isinstance(cluster.pools, Unknown) else cluster.pools
    of_pools = [(pool, Subject(kind="pool", name=f"{cluster.name}/{pool.name}")) for pool in pools]
    for check in checks:
        if check.kind == "cluster":
            for said in _ask(check, given, marked):
                yield _finding(check, of_cluster, said, cluster, None, cost)
        elif not of_pools:
            reason = cluster.pools.reason if isinstance(cluster.pools, Unknown) else "the input lists none"
            yield _finding(check, of_cluster, _undecided(f"pools: {reason}", ""), cluster, None, cost)
        else:
            for pool, subject in of_pools:
                for said in _ask(check, {**given, "pool": pool}, marked):
                    yield _finding(check, subject, said, cluster, pool, cost)


def _ask(check: Check, given: Mapping[str, Any], marked: Callable[[], Cluster]) -> list[Fail | Undecided]:
    """What the check says; where an unknown value stopped it, asking again of the marked cluster names the value."""
    try:
        return list(check.function(*[given[name] for name in check.takes]))
    except UnknownValue:
        said: list[Fail | Undecided] = []
    pool = given["pool"]
    given = {**given, "cluster": marked(), "pool": pool and _mark(pool, "pool")}
    try:
        for one in check.function(*[given[name] for name in check.takes]):
            said.append(one)
    except UnknownValue as error:
        said.append(_undecided(error.message, next(iter(check.sets))))
    return said


def _undecided(message: str, otherwise: str) -> Undecided:
    """From the message of a marked value, or of a check's own error, which is about its field `otherwise`."""
    path, _, reason = message.partition(": ")
    if path in _PATHS:
        return Undecided(f"cannot be decided: {path} is not known ({reason})", path)
    return Undecided(f"cannot be decided: {message}", otherwise)


def _marked(cluster: Cluster) -> Cluster:
    """The cluster with every unknown value naming its own path as the reason."""
    groups: dict[str, object] = {group: _mark(getattr(cluster, group), group) for group in GROUPS}
    if isinstance(cluster.pools, Unknown):
        groups["pools"] = Unknown(f"pools: {cluster.pools.reason}")
    else:
        groups["pools"] = tuple(_mark(pool, "pool") for pool in cluster.pools)
    return msgspec.structs.replace(cluster, **groups)


def _mark(settings: S, group: str) -> S:
    marks = {
        name: Unknown(f"{group}.{name}: {value.reason}")
        for name, value in msgspec.structs.asdict(settings).items()
        if isinstance(value, Unknown)
    }
    return msgspec.structs.replace(settings, **marks)


def _judge_fleet(check: Check, fleet: Fleet, cost: Price) -> Iterator[Finding]:
    subject = Subject(kind="fleet", name=fleet.name)
    for said in check.function(fleet):
        cluster = (isinstance(said, Fail) and said.cluster) or fleet.members[0].cluster
        yield _finding(check, subject, said, cluster, None, cost)


def _finding(
    check: Check, subject: Subject, said: Fail | Undecided, cluster: Cluster, pool: Pool | None, cost: Price
) -> Finding:
    failed = said if isinstance(said, Fail) else None
    change = None
    if failed:
        change = failed.change or cost(cluster, failed.sets or check.sets, tool=cluster.tool, pool=pool)
    return Finding(
        rule=check.id,
        title=check.title,
        severity=(failed and failed.severity) or check.severity,
        status=Status.FAIL if failed else Status.UNKNOWN,
        subject=subject,
        field=said.field,
        message=said.message,
        location=_location(cluster, said.field, pool),
        change=change,
        refs=check.refs,
    )


def _location(cluster: Cluster, field: str, pool: Pool | None) -> Location | None:
    """The line of the setting, else of the cluster."""
    if not cluster.file:
        return None
    key = field.replace("pool.", f"pools[{pool.name}].", 1) if pool and field.startswith("pool.") else field
    return Location(file=cluster.file, line=cluster.lines.get(key) or cluster.lines.get("", 0))
