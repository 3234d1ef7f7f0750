"""The plan from one cluster to one that passes: read it, ask the checks, plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seawall.errors import Malformed, UnknownValue, UsageError
from seawall.model import Cluster, Item, Plan, Severity, Tool, Unknown
from seawall.workflows.discover import discover
from seawall.workflows.settings import Settings

if TYPE_CHECKING:
    from seawall.sources.clusters.field import Field

PROFILES = {"hardened": Severity.MEDIUM, "gold": Severity.LOW}
"""What a profile mends: everything that fails with this severity or worse."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `name` chooses among the clusters of the input; `sets` are settings as text, by path.

    `fix` goes before `profile`, one of PROFILES; with neither, `sets` are all that is changed, or it is "hardened".
    """

    path: Path
    name: str = ""
    profile: str = ""
    fix: tuple[str, ...] = ()
    sets: Mapping[str, str] = {}
    tool: Tool | None = None
    manifests: Path | None = None


def plan(request: Request, settings: Settings, say: Callable[[str], None]) -> Plan:
    """The plan that is asked for. Raises SeawallError where there is none: it says which value is missing."""
    from seawall.checks import all_checks
    from seawall.remedies import Options, migrate

    cluster = _cluster(request, settings, say)
    alone = bool(request.sets) and not (request.profile or request.fix)
    options = Options(
        severity=None if alone else PROFILES[request.profile or "hardened"],
        fix=request.fix,
        sets=_sets(request.sets),
        tool=request.tool or cluster.tool,
    )
    say(f"planning for {cluster.name}")
    inventory = _inventory(request.manifests, settings) if request.manifests else ()
    manifests = request.manifests is not None
    return migrate(cluster, all_checks(), options, settings.today, inventory=inventory, manifests=manifests)


def _cluster(request: Request, settings: Settings, say: Callable[[str], None]) -> Cluster:
    found = discover([request.path], ["cluster"], settings.limits, say)
    named = [cluster for cluster in found.clusters if request.name in ("", cluster.name)]
    if len(named) == 1:
        return named[0]
    if found.failed and not found.clusters:
        raise Malformed("; ".join(found.failed))
    if not found.clusters:
        why = "; ".join(f"{gap.where}: {gap.why}" for gap in found.not_assessed)
        raise Malformed(f"no cluster in it{': ' if why else ''}{why}", where=str(request.path))
    names = ", ".join(cluster.name for cluster in found.clusters)
    raise UsageError(
        f"a plan is for one cluster, and this holds {len(named) or 'none of that name'}",
        where=str(request.path),
        hint=f"name one with --cluster NAME: {names}",
    )


def _inventory(folder: Path, settings: Settings) -> tuple[Item, ...]:
    from seawall.sources.kubernetes.manifests import inventory

    items, unread = inventory(folder, settings.limits)
    if unread:
        first = unread[0]
        raise UnknownValue(
            f"{len(unread)} manifests cannot be read, so what has to move is not known; the first: {first.why}",
            where=first.where,
            hint="mend or move them, or plan without --manifests",
        )
    return items


def _sets(words: Mapping[str, str]) -> dict[str, object]:
    from seawall.sources.clusters.fields import BY_PATH

    unknown = [path for path in words if path not in BY_PATH or path.startswith("pool.")]
    if unknown:
        raise UsageError(
            f"there is no setting of a cluster named {', '.join(unknown)}",
            where="--set",
            hint="settings are named as in reports: network.outbound_type",
        )
    return {path: _value(BY_PATH[path], text) for path, text in words.items()}


def _value(field: Field, text: str) -> object:
    """What the user has written, as the model holds it. Raises UsageError."""
    from seawall.sources.clusters.field import Kind
    from seawall.sources.clusters.values import reader

    if field.kind in (Kind.TEXTS, Kind.LOGS, Kind.WINDOWS, Kind.KEYS):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    value = None if text in ("", "none") else reader(msgspec.structs.replace(field, yes="true", no="false"))(text)
    known_words = (None, *field.words)
    if isinstance(value, Unknown) or (field.words and value not in known_words):
        hint = f"one of none, {', '.join(field.words)}" if field.words else "true or false"
        raise UsageError(f"{text!r} is no value of {field.path}", where="--set", hint=hint)
    return value
