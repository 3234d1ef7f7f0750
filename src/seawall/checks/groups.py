"""Which clusters belong together: the dev, staging and prod of one system."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from seawall.model import Cluster, Finding

GROUP_TAGS = ("seawall-group", "application", "app", "system", "workload")
ENVIRONMENT_TAGS = ("environment", "env")

ENVIRONMENTS = ("dev", "test", "staging", "prod")
"""From the least to the most precious."""
PRODUCTION = ENVIRONMENTS.index("prod")

_WORDS = {
    "dev": ("dev", "develop", "development", "sandbox", "sbx"),
    "test": ("test", "tst", "testing", "qa", "int", "integration"),
    "staging": ("staging", "stage", "stg", "uat", "acc", "preprod", "preproduction"),
    "prod": ("prod", "prd", "production", "live"),
}
_ENVIRONMENT_OF = {word: environment for environment, words in _WORDS.items() for word in words}
_ENVIRONMENT_WORD = re.compile(rf"({'|'.join(sorted(_ENVIRONMENT_OF, key=len, reverse=True))})(\d*)", re.IGNORECASE)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster of a fleet with what its own checks found. `environment` is one of ENVIRONMENTS, or "" for none."""

    cluster: Cluster
    environment: str
    findings: tuple[Finding, ...] = ()

    @property
    def rank(self) -> int:
        """How precious: the place in ENVIRONMENTS, -1 where the environment is not known."""
        return ENVIRONMENTS.index(self.environment) if self.environment else -1


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters that should agree, the least precious environment first."""

    name: str
    members: tuple[Member, ...]


def fleets(judged: Iterable[tuple[Cluster, tuple[Finding, ...]]]) -> tuple[Fleet, ...]:
    """The groups of two or more differently named clusters, sorted by name.

    A tag of GROUP_TAGS names the group; without one, a cluster whose name or tag tells its environment belongs to
    its name without that word: contoso-dev and contoso-prod to contoso.
    """
    groups: dict[str, list[Member]] = {}
    for cluster, findings in judged:
        told, rest = _environment(cluster)
        group = _tag(cluster, GROUP_TAGS) or (told and (rest or "estate"))
        if group:
            groups.setdefault(group, []).append(Member(cluster=cluster, environment=told, findings=findings))
    return tuple(
        Fleet(name=name, members=tuple(sorted(members, key=lambda member: (member.rank, member.cluster.name))))
        for name, members in sorted(groups.items())
        if len({member.cluster.name for member in members}) > 1
    )


def environment(cluster: Cluster) -> str:
    """The environment that the cluster's name or tag tells, one of ENVIRONMENTS; "" where none does."""
    return _environment(cluster)[0]


def _environment(cluster: Cluster) -> tuple[str, str]:
    """The environment ("" for none), and the cluster's name without the words that tell it; numbers stay."""
    named, rest = "", []
    for word in re.split(r"[-_.]", cluster.name):
        found = _ENVIRONMENT_WORD.fullmatch(word)
        named = named or (_ENVIRONMENT_OF[found[1].lower()] if found else "")
        rest.append(found[2] if found else word)
    tagged = _ENVIRONMENT_OF.get(_tag(cluster, ENVIRONMENT_TAGS).lower(), "")
    return tagged or named, "-".join(word for word in rest if word)


def _tag(cluster: Cluster, names: tuple[str, ...]) -> str:
    tags = {name.lower(): value for name, value in cluster.tags.items()}
    return next((tags[name] for name in names if tags.get(name)), "")
