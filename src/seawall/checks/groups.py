"""Which clusters belong together: the dev, staging and prod of one system."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from seawall.checks.grouping import AUTOMATIC, Grouping
from seawall.model import Cluster, Finding, Status


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster of a fleet with what its own checks found.

    `environment` is "" for none; `rank` its place among the environments, the least precious 0, -1 for none.
    `failing` are the settings that fail a check.
    """

    cluster: Cluster
    environment: str
    rank: int = -1
    findings: tuple[Finding, ...] = ()
    failing: frozenset[str] = frozenset()


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters that should agree, the least precious environment first; from the rank `production` on they are it."""

    name: str
    members: tuple[Member, ...]
    production: int

    @property
    def lower(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if 0 <= member.rank < self.production)

    @property
    def productive(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.rank >= self.production)


def fleets(judged: Iterable[tuple[Cluster, tuple[Finding, ...]]], grouping: Grouping = AUTOMATIC) -> tuple[Fleet, ...]:
    """The groups of two or more differently named clusters, sorted by name.

    Without rules, a tag of GROUP_TAGS names the group; without one, a cluster whose name or tag tells its environment
    belongs to its name without that word: contoso-dev and contoso-prod to contoso.
    """
    groups: dict[str, list[Member]] = {}
    for cluster, findings in judged:
        group, environment = grouping.place(cluster)
        if group:
            member = Member(
                cluster=cluster,
                environment=environment,
                rank=grouping.rank(environment),
                findings=findings,
                failing=frozenset(finding.field for finding in findings if finding.status is Status.FAIL),
            )
            groups.setdefault(group, []).append(member)
    return tuple(
        Fleet(
            name=name,
            members=tuple(sorted(members, key=lambda member: (member.rank, member.cluster.name))),
            production=grouping.production,
        )
        for name, members in sorted(groups.items())
        if len({member.cluster.name for member in members}) > 1
    )


def some(members: Iterable[Member], most: int = 6) -> str:
    """The names of the first members, and how many more there are."""
    names = [member.cluster.name for member in members]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
