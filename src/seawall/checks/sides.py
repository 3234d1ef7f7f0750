"""The sides that the clusters of a fleet take on one setting: who has which value, and which side is the weaker."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from seawall.checks.check import Fail, Undecided, Verdicts
from seawall.checks.groups import Fleet, Member, some
from seawall.model import Cluster, Finding, Severity, Status, Unknown
from seawall.model.paths import all_paths, get

VERSION = "upkeep.kubernetes_version"
_TOGETHER = {"network.policy": ("network.policy", "network.dataplane")}
"""AKS takes the Cilium engine and its dataplane in one call only."""

SETTINGS = (
    "access.rbac",
    "access.entra",
    "access.azure_rbac",
    "access.local_accounts_disabled",
    "identity.type",
    "identity.oidc_issuer",
    "identity.workload_identity",
    "identity.pod_identity",
    "api_server.private",
    "api_server.vnet_integration",
    "api_server.authorized_ranges",
    "api_server.public_fqdn",
    "api_server.run_command_disabled",
    "network.plugin",
    "network.plugin_mode",
    "network.policy",
    "network.outbound_type",
    "network.load_balancer_sku",
    "addons.http_application_routing",
    "addons.kube_dashboard",
    "addons.azure_policy",
    "addons.key_vault_secrets",
    "addons.secret_rotation",
    "protection.defender",
    "protection.image_cleaner",
    "protection.kms",
    "protection.node_resource_group_restriction",
    VERSION,
    "upkeep.upgrade_channel",
    "upkeep.node_os_channel",
    "upkeep.support_plan",
    "pool.node_public_ip",
    "pool.host_encryption",
)
"""What the clusters of a system should have in common. Names, addresses, sizes and the like are each cluster's own."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The members that have one value, "" where it is not known. `weaker`: they fail a check, or have an older version,
    where another side does better. `model` is the most precious member, of those that do not fail where there are any.
    """

    value: str
    weaker: bool
    members: tuple[Member, ...]
    model: Member


def sides(fleet: Fleet, path: str) -> list[Side]:
    """The sides on one setting, those that are known first, each in the order of its first member.

    What is only told to be `set` is two sides where some of it fails: the word hides what is in it.
    """
    values = {member.cluster.name: value_of(member.cluster, path) for member in fleet.members}
    newest = max(map(_version, values.values()), default=[]) if path == VERSION else []
    holders: dict[tuple[str, bool], list[Member]] = defaultdict(list)
    failing = set()
    for member in fleet.members:
        value = values[member.cluster.name]
        if value and (_version(value) < newest if path == VERSION else path in member.failing):
            failing.add(member.cluster.name)
        holders[value, value == "set" and member.cluster.name in failing].append(member)
    some_stand = any(value and name not in failing for name, value in values.items())
    made = []
    for (value, _), members in holders.items():
        fit = [member for member in members if member.cluster.name not in failing]
        weak = some_stand and bool(value) and not fit
        made.append(Side(value=value, weaker=weak, members=tuple(members), model=(fit or members)[-1]))
    return sorted(made, key=lambda side: not side.value)


def differing(found: Sequence[Side]) -> bool:
    """Whether two sides are known."""
    return sum(bool(side.value) for side in found) > 1


def odd_one_out(found: Sequence[Side]) -> Member | None:
    """The member that is alone with its value among at least three, where the others agree."""
    known = sorted((side for side in found if side.value), key=lambda side: len(side.members))
    alone = len(known) == 2 and len(known[0].members) == 1 < len(known[1].members)
    return known[0].members[0] if alone else None


def alignment(found: Sequence[Side]) -> tuple[Member, Side]:
    """The cluster to change first, and the side to join: never a weaker one."""
    known = [side for side in found if side.value]
    weak = [side.model for side in known if side.weaker]
    strong = sorted((side for side in known if not side.weaker), key=lambda side: (len(side.members), side.model.rank))
    if weak:
        return max(weak, key=lambda member: member.rank), max(strong, key=lambda side: side.model.rank)
    return strong[0].members[-1], strong[-1]


def values_like(side: Side, path: str) -> Mapping[str, object]:
    """What to set, by path, to be like this side."""
    model = side.model.cluster
    pool = None if isinstance(model.pools, Unknown) or not model.pools else model.pools[0]
    values = {each: get(model, each, pool) for each in _TOGETHER.get(path, (path,))}
    return {each: value for each, value in values.items() if not isinstance(value, Unknown)}


def value_of(cluster: Cluster, path: str) -> str:
    """The setting in words that can be compared, "" where it is not known; of pools, all values that they have."""
    if not path.startswith("pool."):
        return _word(path, get(cluster, path))
    if isinstance(cluster.pools, Unknown):
        return ""
    words = {_word(path, get(cluster, path, pool)) for pool in cluster.pools}
    return "" if "" in words else " and ".join(sorted(words)) or "none"


SIZES = frozenset(("pool.count", "pool.zones", "upkeep.tier"))
"""What is chosen by the size of an environment: nobody is asked to give dev the machines of production."""


ABSENT = ("none", "false")
_PATHS = frozenset(all_paths())


def weaker(of: Sequence[Member], than: Sequence[Member], least: Severity, most: Severity) -> Verdicts:
    """Where a member of `of` fails a check that one of `than` passes, of a severity between `least` and `most`."""
    others = [(member, _verdicts(member)) for member in than]
    rules = {finding.rule for member in of for finding in member.findings}
    passed = {rule: [member for member, verdicts in others if rule not in verdicts] for rule in rules}

    @functools.cache
    def passing(rule: str, field: str, value: str) -> list[Member]:
        """Who passes because of what it has: one that lacks the same passes because nobody asks it for it."""
        absent = value in ABSENT and field in _PATHS
        return [each for each in passed[rule] if not (absent and value_of(each.cluster, field) == value)]

    silent = {
        rule: [member for member, verdicts in others if rule in verdicts and not _failed(verdicts[rule])]
        for rule in rules
    }
    certain: dict[str, list[tuple[str, Member, Finding]]] = defaultdict(list)
    unsettled: dict[str, list[str]] = defaultdict(list)
    untold: set[str] = set()
    for member in of:
        for rule, finding in _verdicts(member).items():
            field = finding.field
            stronger = passing(rule, field, value_of(member.cluster, field) if field in _PATHS else "")
            if stronger and _failed(finding):
                words = f"{finding.subject.name} fails {rule} ({finding.message}), passed by {some(stronger, 3)}"
                certain[finding.field].append((words, member, finding))
            elif stronger or (silent[rule] and _failed(finding)):
                there = some(stronger + silent[rule], 3)
                unsettled[finding.field].append(f"{member.cluster.name} than {there} in {rule}")
            elif silent[rule]:
                untold.add(finding.field)
    yield from _said(certain, unsettled, untold, least, most)


MOST = 6
"""Clusters that one message tells of; how many more there are is said."""


def _said(
    certain: Mapping[str, list[tuple[str, Member, Finding]]],
    unsettled: Mapping[str, list[str]],
    untold: set[str],
    least: Severity,
    most: Severity,
) -> Verdicts:
    for field, found in certain.items():
        text, members, findings = zip(*found, strict=True)
        yield Fail(
            _joined(text),
            field=field,
            severity=min(most, max(least, *(finding.severity for finding in findings))),
            cluster=members[0].cluster,
            change=findings[0].change,
        )
    for field, pairs in unsettled.items():
        if field not in certain:
            yield Undecided(f"cannot be decided whether weaker: {_joined(pairs)}", field=field)
    if rest := sorted(untold - set(certain) - set(unsettled)):
        yield Undecided(f"cannot be decided whether weaker: no cluster's input tells {', '.join(rest)}", field=rest[0])


def _joined(parts: Sequence[str]) -> str:
    more = f"; and {len(parts) - MOST:,} more clusters" if len(parts) > MOST else ""
    return "; ".join(parts[:MOST]) + more


def shared(fleet: Fleet) -> tuple[str, ...]:
    """The settings to compare: SETTINGS, and what else some members fail and others do not, sizes aside."""
    failing = [member.failing for member in fleet.members]
    uneven = frozenset().union(*failing) - frozenset.intersection(*failing)
    return (*SETTINGS, *(path for path in all_paths() if path in uneven.difference(SETTINGS, SIZES)))


def _failed(finding: Finding) -> bool:
    return finding.status is Status.FAIL


def _verdicts(member: Member) -> dict[str, Finding]:
    """For every check that the cluster did not pass, by id, one finding: a failure where there is one."""
    return {finding.rule: finding for finding in sorted(member.findings, key=_failed)}


def _version(value: str) -> list[int]:
    """Numbers to compare; what is no version comes first."""
    return [int(part) for part in value.split(".") if part.isdecimal() and len(part) < 5]


def _word(path: str, value: object) -> str:
    match value:
        case Unknown():
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return "set" if value else "none"
        case _ if path == VERSION:
            return ".".join(str(value or "none").split(".")[:2])
        case _:
            return str(value or "none").lower()
