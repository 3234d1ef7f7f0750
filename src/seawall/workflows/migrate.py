"""The plan from one cluster to one that passes: read it, ask the checks, plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seawall.errors import Malformed, UnknownValue, UsageError
from seawall.model import Cluster, Item, NotAssessed, Plan, Severity, Tool, Unknown
from seawall.workflows.discover import Found, discover
from seawall.workflows.settings import Settings

if TYPE_CHECKING:
    from seawall.sources.clusters.field import Field

PROFILES = {"hardened": Severity.MEDIUM, "gold": Severity.LOW}
"""What a profile mends: everything that fails with this severity or worse."""

NO_MANIFESTS = NotAssessed(
    what="inventory",
    where="--manifests",
    why="what runs in the old cluster was not looked at: give --manifests DIR, or the file that step 1 exports",
)

Say = Callable[[str], None]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `name` chooses among the clusters of the input; `sets` are settings as text, by path.

    The input is `path`, or what `live` finds where there is none. `manifests` is a folder or a file.
    `kind` is how a new cluster is written: az, bicep or terraform, "" for what `tool` says.
    `fix` goes before `profile`, one of PROFILES; with neither, `sets` are all that is changed, or it is "hardened".
    """

    path: Path | None = None
    live: Callable[[Settings, Say], Found] | None = None
    name: str = ""
    profile: str = ""
    fix: tuple[str, ...] = ()
    sets: Mapping[str, str] = {}
    tool: Tool | None = None
    manifests: Path | None = None
    kind: str = ""
    azurerm: int = 5


def plan(request: Request, settings: Settings, say: Say) -> Plan:
    """The plan that is asked for. Raises SeawallError where there is none: it says which value is missing."""
    from seawall.checks import all_checks
    from seawall.remedies import Options, migrate

    cluster, notes = _cluster(request, settings, say)
    alone = bool(request.sets) and not (request.profile or request.fix)
    options = Options(
        severity=None if alone else PROFILES[request.profile or "hardened"],
        fix=request.fix,
        sets=_sets(request.sets),
        tool=request.tool or cluster.tool,
    )
    say(f"planning for {cluster.name}")
    inventory, unread = _inventory(request.manifests, settings) if request.manifests else ((), ())
    manifests = request.manifests is not None
    made = migrate(cluster, all_checks(), options, settings.today, inventory=inventory, manifests=manifests)
    missing = [NO_MANIFESTS] if made.rebuild and not manifests else []
    code = _code(made, request.kind or made.tool.value, request.azurerm)
    return msgspec.structs.replace(made, code=code, not_assessed=(*notes, *missing, *unread))


def _code(made: Plan, kind: str, azurerm: int) -> Mapping[str, str]:
    """What makes the new cluster, where there is to be one."""
    from seawall.remedies.emit import replacement, replacement_code

    if made.replacement is None:
        return {}
    if kind == "bicep":
        return replacement_code.bicep(made.cluster, made.replacement)
    if kind == "terraform":
        return replacement_code.terraform(made.cluster, made.replacement, azurerm)
    return replacement.az(made.cluster, made.replacement)


def _cluster(request: Request, settings: Settings, say: Say) -> tuple[Cluster, tuple[NotAssessed, ...]]:
    """The one that is meant, and what could not be read beside it."""
    if request.live:
        found, where = request.live(settings, say), "azure"
    else:
        path = request.path or Path()
        found, where = discover([path], ["cluster"], settings.limits, say), str(path)
    named = [cluster for cluster in found.clusters if request.name in ("", cluster.name)]
    if len(named) == 1:
        return named[0], tuple(sorted(set(found.not_assessed)))
    if found.failed and not found.clusters:
        raise Malformed("; ".join(found.failed))
    if not found.clusters:
        why = "; ".join(f"{gap.where}: {gap.why}" for gap in found.not_assessed)
        raise Malformed(f"no cluster in it{': ' if why else ''}{why}", where=where)
    names = ", ".join(sorted(cluster.name for cluster in found.clusters))
    raise UsageError(
        f"a plan is for one cluster, and this holds {len(named) or 'none of that name'}",
        where=where,
        hint=f"name one with --cluster NAME{', and -g GROUP' if request.live else ''}: {names}",
    )


def _inventory(place: Path, settings: Settings) -> tuple[tuple[Item, ...], tuple[NotAssessed, ...]]:
    """What is in the manifests, and which cannot be read. Raises UnknownValue where none can."""
    from seawall.sources.kubernetes.manifests import inventory

    items, unread = inventory(place, settings.limits)
    if unread and not items:
        first = unread[0]
        raise UnknownValue(
            f"of {len(unread)} manifests none can be read, so what has to move is not known; the first: {first.why}",
            where=first.where,
            hint="mend them, or plan without --manifests",
        )
    return items, unread


def pairs(words: Sequence[str]) -> dict[str, str]:
    """Setting -> value, of SETTING=VALUE. Raises UsageError for what is none."""
    unlike = next((word for word in words if "=" not in word), None)
    if unlike is not None:
        hint = "--set network.outbound_type=none"
        raise UsageError(f"not SETTING=VALUE: {unlike!r}", where="--set", hint=hint)
    return {path: value for path, _, value in (word.partition("=") for word in words)}


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
