"""What a cluster is to become: what its failing checks ask for, and what those changes need in turn."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import msgspec

from seawall.checks import Check, run
from seawall.errors import UnknownValue, UsageError
from seawall.model import Change, Cluster, Finding, Pool, Severity, Status, Tool, is_known
from seawall.model.paths import get, put
from seawall.remedies.difference import verdicts
from seawall.remedies.needs import Completed, complete
from seawall.sources.clusters.costs import change

ROUNDS = 8
"""Mending one check can break another one: a private cluster is asked for its public name. Two rounds are usual."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What to mend: the checks named in `fix`, else all that fail with `severity` or worse; and `sets` besides.

    Without a severity, `sets` are all that is changed.
    """

    severity: Severity | None = Severity.MEDIUM
    fix: tuple[str, ...] = ()
    sets: Mapping[str, object] = {}
    tool: Tool = Tool.AZ


class Failure(msgspec.Struct, frozen=True):
    """A finding with the change that mends it; `sets` is empty where the check could not be decided."""

    finding: Finding
    sets: Mapping[str, object]
    pool: Pool | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """`target` is the cluster as it is to be. `mends` and `asked` say which checks want it, and by which settings.

    `needed` has the settings that no check asks for, each with the reason. `missing` are sentences on values that are
    not known and decide; `left` ids of checks with the reason why they are left alone.
    """

    target: Cluster
    mends: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, str]
    missing: tuple[str, ...]
    left: Mapping[str, str]


def failures(cluster: Cluster, checks: Sequence[Check], today: datetime.date) -> list[Failure]:
    """What the checks say of the cluster, in their order, with what each asks for."""
    asked: list[tuple[Mapping[str, object], Pool | None]] = []

    def keep(cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None) -> Change:
        asked.append((sets, pool))
        return change(cluster, sets, tool=tool, pool=pool)

    found = run((cluster,), checks, today=today, cost=keep).findings
    wishes = iter(asked)
    return [Failure(one, *(next(wishes) if one.status is Status.FAIL else ({}, None))) for one in found]


def wanted(cluster: Cluster, checks: Sequence[Check], options: Options, today: datetime.date) -> Wanted:
    """The cluster with everything mended that `options` choose, and with what that needs.

    What a check asks for is left out where AKS cannot do it, or where it turns on a value that is not known; where the
    user has named the check, that value is `missing` instead, and what cannot be done a UsageError.
    """
    checks = _chosen(checks, options)
    start = complete(cluster, put(cluster, dict(options.sets)), frozenset(options.sets))
    target, needed, left = start.target, dict(start.needed), {}
    missing = dict.fromkeys((*start.missing, *verdicts(cluster, target)[1]))
    asked: dict[str, tuple[str, ...]] = dict.fromkeys(options.sets, ())
    for _ in range(ROUNDS):
        found = failures(target, checks, today)
        if not (failed := [one for one in found if _counts(one, options) and one.finding.rule not in left]):
            break
        for one in failed:
            tried, why = _tried(cluster, target, one, options, missing)
            if why:
                left[one.finding.rule] = why
                continue
            target = tried.target
            needed |= tried.needed
            missing |= dict.fromkeys((*tried.missing, *verdicts(cluster, target)[1]))
            for path in one.sets:
                asked[path] = tuple(dict.fromkeys((*asked.get(path, ()), one.finding.rule)))
    for one in failures(target, checks, today):
        if _weighs(one, options):
            undecided = one.finding.status is Status.UNKNOWN
            left.setdefault(one.finding.rule, one.finding.message if undecided else "other changes stand in its way")
    mends = {one.finding.rule for one in failures(cluster, checks, today) if _counts(one, options)} - left.keys()
    return Wanted(
        target=target,
        mends=tuple(sorted(mends)),
        asked=asked,
        needed=needed,
        missing=tuple(missing),
        left=dict(sorted(left.items())),
    )


def _tried(
    cluster: Cluster, target: Cluster, one: Failure, options: Options, missing: Mapping[str, None]
) -> tuple[Completed, str]:
    """The target with this mended as well, or the reason why not."""
    unchanged = Completed(target, {}, ())
    if why := _impossible(target, one.sets):
        return unchanged, why
    sets = {path: value for path, value in one.sets.items() if path not in options.sets}
    try:
        tried = complete(cluster, apply(target, sets, one.pool), frozenset(options.sets))
    except UsageError as error:
        if options.fix:
            raise
        return unchanged, error.message
    gaps = [gap for gap in (*tried.missing, *verdicts(cluster, tried.target)[1]) if gap not in missing]
    if gaps and not options.fix:
        return unchanged, f"its change turns on what is not known: {'; '.join(gaps)}"
    return tried, ""


def apply(cluster: Cluster, sets: Mapping[str, object], pool: Pool | None) -> Cluster:
    """The cluster with the settings; those of a pool on `pool`, or on every one."""
    ours = {path: value for path, value in sets.items() if not path.startswith("pool.")}
    of_pool = {path.removeprefix("pool."): value for path, value in sets.items() if path.startswith("pool.")}
    if of_pool and is_known(cluster.pools):
        ours["pools"] = tuple(
            msgspec.structs.replace(each, **of_pool) if pool is None or each.name == pool.name else each
            for each in cluster.pools
        )
    return put(cluster, ours)


def _chosen(checks: Sequence[Check], options: Options) -> list[Check]:
    singly = [check for check in checks if check.kind != "fleet"]
    if not options.fix:
        return [] if options.severity is None else singly
    by_name = {name: check for check in singly for name in (check.id, check.name)}
    if unknown := [name for name in options.fix if name not in by_name]:
        raise UsageError(
            f"there is no check of a cluster named {', '.join(unknown)}",
            where="--fix",
            hint="seawall explain lists them",
        )
    return sorted({by_name[name].id: by_name[name] for name in options.fix}.values(), key=lambda check: check.id)


def _counts(one: Failure, options: Options) -> bool:
    return one.finding.status is Status.FAIL and _weighs(one, options)


def _weighs(one: Failure, options: Options) -> bool:
    """Whether the finding, failed or undecided, of a chosen check is bad enough to be mended."""
    return bool(options.fix) or (options.severity is not None and one.finding.severity >= options.severity)


def _impossible(cluster: Cluster, sets: Mapping[str, object]) -> str:
    """Why AKS cannot do it in this cluster, "" where it can."""
    if sets.get("api_server.public_fqdn") is False and get(cluster, "api_server.private_dns_zone") is None:
        return "the cluster has no private DNS zone, so it needs its public name"
    return ""


def decided(found: Wanted, options: Options) -> None:
    """Raise UnknownValue for what the plan turns on and the input does not say."""
    undecided = [f"{rule}: {why}" for rule, why in found.left.items() if options.fix and "cannot be decided" in why]
    if problems := [*found.missing, *undecided]:
        raise UnknownValue(
            "no plan without these values: " + "; ".join(problems),
            hint="give an input that tells them (az aks show -o json), or choose what to mend with --fix",
        )
