"""Packages against advisories: who is affected, and who could not be judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Protocol, runtime_checkable

import msgspec

from seawall.advisories import versions
from seawall.advisories.affected import KeyOf
from seawall.advisories.ecosystems import OS_TYPES, Gap, Query, query
from seawall.advisories.merge import Vulnerability, elsewhere, severity, upgrade, vulnerabilities
from seawall.model import Advisory, Distro, Match, NotAssessed, Package, Severity

_MODULAR = re.compile(r"\.module[+_]el")
"""In the release of an rpm that was built for a module (`18.12.1-1.module_el9.1.0+16`)."""


class Advisories(Protocol):
    """Where advisories come from. Ecosystems are named as in OSV, with their release."""

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        """All advisories of one package, whatever the version, the most trusted first."""

    def covers(self, ecosystem: str) -> bool:
        """True where silence about a package means that no advisory is known."""

    def exploited(self, cve: str) -> bool:
        """True for what CISA lists as known to be exploited (KEV)."""

    def epss(self, cve: str) -> float | None:
        """The probability, 0 to 1, that it is exploited within 30 days (FIRST EPSS); None where not scored."""


@runtime_checkable
class Partial(Protocol):
    """What some Advisories also say: how many flaws they know in an ecosystem that they do not cover."""

    def famous(self, ecosystem: str) -> int:
        """The number of vulnerabilities looked for."""


@runtime_checkable
class Scored(Protocol):
    """What some Advisories also know: how others score a CVE."""

    def vector(self, cve: str) -> tuple[str, str] | None:
        """A CVSS vector and whose it is; None where nobody has one."""


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """`judged` counts the packages looked up, themselves or with their owner, in an ecosystem that is covered.

    All others are counted in `not_assessed`; they can have a match, for what is famous is always looked for.
    `ecosystems` are those that were asked about, without their release.
    `upgrades` holds, for each package with a fixable match, the smallest version that mends all its fixable matches.
    """

    matches: tuple[Match, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    judged: int = 0
    ecosystems: frozenset[str] = frozenset()
    upgrades: Mapping[Package, str] = {}


def match(packages: Sequence[Package], distro: Distro | None, advisories: Advisories) -> Matched:
    """Judge every package; one line in `not_assessed` for each reason why some could not be.

    A language package that a package of the distro owns is judged with its owner, for the distro patches it without
    changing its version. A version that cannot be compared gives a match that is not certain, never silence.
    """
    matches: list[Match] = []
    gaps: Counter[Gap] = Counter()
    upgrades: dict[Package, str] = {}
    judged = 0
    ecosystems = set()
    jury, covers = _Jury(advisories), cache(advisories.covers)
    owners = owners_of(packages)
    for package in packages:
        judge = owners.get(package.owner, package) if package.owner else package
        asked = query(judge, distro)
        if isinstance(asked, Query):
            ecosystems.add(asked.ecosystem.partition(":")[0])
            if judge is package:
                found, target = jury.judge(package, asked)
                matches += [_match(package, one, advisories) for one in found]
                if target:
                    upgrades[package] = target
            if covers(asked.ecosystem):
                judged += 1
                continue
            asked = _uncovered(asked.ecosystem, advisories)
        gaps[asked] += 1
    return Matched(
        matches=tuple(matches),
        not_assessed=tuple(sorted(_line(gap, count) for gap, count in gaps.items())),
        judged=judged,
        ecosystems=frozenset(ecosystems),
        upgrades=upgrades,
    )


def owners_of(packages: Iterable[Package]) -> dict[str, Package]:
    """The packages of the distro, by name: what they own is judged with them. A vendor's are no owners."""
    return {package.name: package for package in packages if package.type in OS_TYPES and not package.origin}


class _Jury:
    """Judges one package after another; the binary packages of one source, and copies, are judged once."""

    def __init__(self, advisories: Advisories) -> None:
        self._advisories = advisories
        self._key_of = cache(_key_of)
        self._known: dict[tuple[Query, str, bool], tuple[list[Vulnerability], str]] = {}

    def judge(self, package: Package, asked: Query) -> tuple[list[Vulnerability], str]:
        """What affects the package, by its name and by its source's where the feeds speak of that; the upgrade."""
        same = asked, package.module, _is_modular(package)
        if same not in self._known:
            key = self._key_of(asked.ecosystem)
            found = vulnerabilities(_advised(package, asked, asked.name, self._advisories), asked.version, key)
            if asked.source:
                name, version = asked.source
                ids = {one.ids[0] for one in found}
                more = vulnerabilities(_advised(package, asked, name, self._advisories), version, key)
                found += [one for one in more if one.ids[0] not in ids]
            self._known[same] = found, upgrade(found, asked.version, key)
        return self._known[same]


def _key_of(ecosystem: str) -> KeyOf:
    return cache(lambda version: versions.certain_key(ecosystem, version))


def _uncovered(ecosystem: str, advisories: Advisories) -> Gap:
    famous = advisories.famous(ecosystem) if isinstance(advisories, Partial) else 0
    if famous:
        return Gap(where=ecosystem, why=f"only {famous} famous flaws were looked for: no database covers {ecosystem}")
    return Gap(where=ecosystem, why=f"no database covers {ecosystem}; seawall update fetches one")


def _line(gap: Gap, count: int) -> NotAssessed:
    return NotAssessed(what=f"{count:,} package{'s' if count > 1 else ''}", where=gap.where, why=gap.why)


def _is_modular(package: Package) -> bool:
    return bool(package.module) or (package.type == "rpm" and _MODULAR.search(package.version) is not None)


def _advised(package: Package, asked: Query, name: str, advisories: Advisories) -> Sequence[Advisory]:
    """All that is said of the package by this name, without what is said of other rpm modules.

    Where the package is of a module that its image does not name, or an advisory of one that its source does not name,
    nothing is left out that may be meant.
    """
    found = [*advisories.lookup(asked.ecosystem, name)]
    for ecosystem in asked.beside:
        found += advisories.lookup(ecosystem, name)
    if package.type != "rpm":
        return found
    if package.module:
        found += advisories.lookup(asked.ecosystem, f"{package.module}::{name}")
    modular = _is_modular(package)
    return [each for each in found if bool(each.modules) is modular and _same_module(package.module, each.modules)]


def _same_module(module: str, modules: Sequence[str]) -> bool:
    return not module or not modules or module in modules or "*" in modules


def _match(package: Package, found: Vulnerability, advisories: Advisories) -> Match:
    level, score, scored_by = severity(found.advisories, of_distro=package.type in OS_TYPES)
    if level is Severity.UNKNOWN and isinstance(advisories, Scored):
        level, score, scored_by = elsewhere(advisories.vector(cve) for cve in found.cves)
    scores = [chance for cve in found.cves if (chance := advisories.epss(cve)) is not None]
    return Match(
        package=package,
        id=found.ids[0],
        aliases=found.ids[1:],
        summary=next((advisory.summary for advisory in found.advisories if advisory.summary), ""),
        severity=level,
        score=score,
        scored_by=scored_by,
        fix=found.fix,
        kev=any(map(advisories.exploited, found.cves)),
        epss=max(scores, default=None),
        refs=tuple(dict.fromkeys(ref for advisory in found.advisories for ref in advisory.refs)),
        source=found.advisories[0].source,
        certain=not found.hit.why,
        why=found.hit.why,
    )
