"""Which system and environment a cluster belongs to: by rules that the user writes, else by its tags and its name."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seawall.model import Cluster

GROUP_TAGS = ("seawall-group", "application", "app", "system", "workload")
ENVIRONMENT_TAGS = ("environment", "env")
LONGEST = 128
"""Names longer than this match no pattern. AKS allows 63 characters."""


class Environment(msgspec.Struct, frozen=True):
    """One environment, and the words in names and tags that mean it, its own name aside."""

    name: str
    words: tuple[str, ...] = ()


ENVIRONMENTS = (
    Environment("dev", ("develop", "development", "sandbox", "sbx")),
    Environment("test", ("tst", "testing", "qa", "int", "integration")),
    Environment("staging", ("stage", "stg", "uat", "acc", "preprod", "preproduction")),
    Environment("prod", ("prd", "production", "live")),
)
"""From the least to the most precious."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of `fleet: groups:`; exactly one of `tag`, `pattern` and `clusters` is given.

    `tag` is a tag's name, or NAME=VALUE; `pattern` a cluster's name with `*`, `?`, `{env}` and `{group}`; `clusters`
    maps names, or RESOURCE-GROUP/NAME, to environments ("" to go by name and tags). `name` is the group's, "" for
    what the tag or `{group}` says. `place` is where the rule is written.
    """

    name: str = ""
    tag: str = ""
    pattern: str = ""
    clusters: Mapping[str, str] = {}
    place: str = ""


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """The environments, the least precious first, and the rules: the first that matches a cluster places it.

    With `automatic`, a cluster that no rule matches is placed by its tags and name.
    """

    environments: tuple[Environment, ...] = ENVIRONMENTS
    rules: tuple[Rule, ...] = ()
    automatic: bool = True

    @property
    def production(self) -> int:
        """The rank from which on an environment is production: that of `prod`, else of the last."""
        names = [environment.name for environment in self.environments]
        return names.index("prod") if "prod" in names else len(names) - 1

    def rank(self, environment: str) -> int:
        """How precious: its place in the order, -1 where it is not known."""
        names = [each.name for each in self.environments]
        return names.index(environment) if environment in names else -1

    def place(self, cluster: Cluster) -> tuple[str, str]:
        """The group and the environment of a cluster, "" for none."""
        told, rest = environment_of(cluster, self.environments)
        for rule in self.rules:
            if (found := _matched(rule, cluster, self.environments)) is not None:
                group, environment = found
                return group, environment or told
        return (tag_of(cluster, GROUP_TAGS) or (told and (rest or "estate")) if self.automatic else ""), told

    def stage(self, cluster: Cluster) -> str:
        """ "production", "lower", or "" where neither name, tag nor rule tells."""
        rank = self.rank(self.place(cluster)[1])
        return "" if rank < 0 else "lower" if rank < self.production else "production"

    def gaps(self, clusters: Sequence[Cluster]) -> Iterator[tuple[Rule, str]]:
        """The rules that miss something among these clusters, and what."""
        for rule in self.rules:
            names = {name for cluster in clusters for name in _names(cluster)}
            absent = [name for name in rule.clusters if name not in names]
            if absent:
                yield rule, f"not among the clusters that were read: {', '.join(absent)}"
            elif not any(_matched(rule, cluster, self.environments) for cluster in clusters):
                yield rule, "matches none of the clusters that were read"


AUTOMATIC = Grouping()
"""No rules: tags and names."""


def environment_of(cluster: Cluster, environments: tuple[Environment, ...] = ENVIRONMENTS) -> tuple[str, str]:
    """The environment ("" for none), and the cluster's name without the words that tell it; numbers stay."""
    words = meanings(environments)
    pattern = _word(environments)
    named, rest = "", []
    for part in re.split(r"[-_.]", cluster.name):
        found = pattern.fullmatch(part)
        named = named or (words[found[1].lower()] if found else "")
        rest.append(found[2] if found else part)
    tagged = words.get(tag_of(cluster, ENVIRONMENT_TAGS).lower(), "")
    return tagged or named, "-".join(part for part in rest if part)


def tag_of(cluster: Cluster, names: Sequence[str]) -> str:
    """The value of the first of these tags that the cluster has, whatever their case; "" for none."""
    tags = {name.lower(): value for name, value in cluster.tags.items()}
    return next((tags[name] for name in names if tags.get(name)), "")


@functools.lru_cache(maxsize=8)
def meanings(environments: tuple[Environment, ...]) -> Mapping[str, str]:
    """Word in lower case -> environment. An environment's own name and words go before the words that it is given
    here, so that `qa` can be an environment of its own."""
    usual = {environment.name: environment.words for environment in ENVIRONMENTS}
    given = {word.lower(): each.name for each in environments for word in usual.get(each.name, ())}
    given |= {word.lower(): each.name for each in environments for word in each.words if word not in given}
    return given | {each.name.lower(): each.name for each in environments}


@functools.lru_cache(maxsize=8)
def _word(environments: tuple[Environment, ...]) -> re.Pattern[str]:
    return re.compile(rf"({_any_of(environments)})(\d*)", re.IGNORECASE)


def _any_of(environments: tuple[Environment, ...]) -> str:
    return "|".join(map(re.escape, sorted(meanings(environments), key=len, reverse=True)))


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str, environments: tuple[Environment, ...]) -> re.Pattern[str]:
    meant = {"*": ".*", "?": ".", "{env}": rf"(?P<env>{_any_of(environments)})\d*", "{group}": "(?P<group>.+?)"}
    parts = re.split(r"(\*|\?|\{env\}|\{group\})", pattern)
    return re.compile("".join(meant.get(part, re.escape(part)) for part in parts), re.IGNORECASE | re.DOTALL)


def _names(cluster: Cluster) -> tuple[str, ...]:
    return cluster.name, f"{cluster.resource_group}/{cluster.name}"


def _matched(rule: Rule, cluster: Cluster, environments: tuple[Environment, ...]) -> tuple[str, str] | None:
    """The group and the environment ("" where the rule does not tell it), or None."""
    if rule.clusters:
        name = next((name for name in _names(cluster) if name in rule.clusters), None)
        return None if name is None else (rule.name, rule.clusters[name])
    if rule.tag:
        name, _, wanted = rule.tag.partition("=")
        value = tag_of(cluster, [name.lower()])
        return (rule.name or value, "") if value and wanted in ("", value) else None
    found = _compiled(rule.pattern, environments).fullmatch(cluster.name) if len(cluster.name) <= LONGEST else None
    if found is None:
        return None
    parts = found.groupdict()
    word = parts.get("env") or ""
    return rule.name or parts.get("group") or "", meanings(environments).get(word.lower(), "")
