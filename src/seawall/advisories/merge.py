"""Many advisories of one package to one finding a vulnerability: the union of their aliases, the best id first.

An advisory with several CVEs that is none itself is a bundle (DSA, DLA, USN, ALSA, RHSA…): it stands for each of its
CVEs by itself and never joins them. Where another advisory speaks of one of these CVEs alone, that one decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seawall.advisories import scoring
from seawall.advisories.affected import Hit, KeyOf, first_clean, fixes, hit
from seawall.model import Advisory, Fix, FixState, Severity

_CVE = re.compile(r"(?:[A-Z]+-)?(CVE-[0-9]{4}-[0-9]+)")


class Vulnerability(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability of one package: what says so, in the order given, and the certain or uncertain hit."""

    ids: tuple[str, ...]
    advisories: tuple[Advisory, ...]
    hit: Hit
    fix: Fix

    @property
    def cves(self) -> tuple[str, ...]:
        return tuple(name for name in self.ids if name.startswith("CVE-"))


class _Claim(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An advisory, the ids of the one vulnerability for which it is taken here, and whether it affects the version."""

    ids: frozenset[str]
    advisory: Advisory
    bundle: bool
    hit: Hit | None


def _plain(name: str) -> str:
    """DEBIAN-CVE-2024-1 and ALPINE-CVE-2024-1 are CVE-2024-1."""
    if "-CVE-" not in name:
        return name
    cve = _CVE.fullmatch(name)
    return cve[1] if cve else name


def _claims(judged: Iterable[tuple[Advisory, Hit | None]]) -> Iterator[_Claim]:
    for advisory, found in judged:
        ids = frozenset(map(_plain, (advisory.id, *advisory.aliases)))
        cves = [name for name in ids if name.startswith("CVE-")]
        if len(cves) < 2 or _plain(advisory.id) in cves:
            yield _Claim(ids=ids, advisory=advisory, bundle=False, hit=found)
        else:
            yield from (_Claim(ids=frozenset((cve,)), advisory=advisory, bundle=True, hit=found) for cve in cves)


def _groups(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    """Claims that share an id, directly or through others. The id of a bundle joins none that only name it."""
    if len(claims) < 2:
        return [list(claims)] if claims else []
    parent = list(range(len(claims)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    bundles = {claim.advisory.id for claim in claims if claim.bundle}
    first: dict[str, int] = {}
    for at, claim in enumerate(claims):
        for name in claim.ids - (bundles - {claim.advisory.id}):
            parent[root(at)] = root(first.setdefault(name, at))
    grouped: dict[int, list[_Claim]] = {}
    for at, claim in enumerate(claims):
        grouped.setdefault(root(at), []).append(claim)
    return list(grouped.values())


def _best_first(name: str) -> tuple[int, str]:
    return (0 if name.startswith("CVE-") else 1 if name.startswith("GHSA-") else 2, name)


def vulnerabilities(advisories: Iterable[Advisory], version: str, key: KeyOf) -> list[Vulnerability]:
    """Those that affect `version`, or may, by id."""
    judged = [(advisory, hit(advisory, version, key)) for advisory in advisories]
    if all(found is None for _, found in judged):
        return []
    found = (_vulnerability(group, version, key) for group in _groups(list(_claims(judged))))
    return sorted((one for one in found if one is not None), key=lambda one: _best_first(one.ids[0]))


def _vulnerability(group: list[_Claim], version: str, key: KeyOf) -> Vulnerability | None:
    deciding = [claim for claim in group if not claim.bundle] or group
    hits = [(claim.hit, claim) for claim in deciding if claim.hit]
    if not hits or _mended_in_a_channel(deciding):
        return None
    hits.sort(key=lambda pair: pair[0].why != "")
    said = [claim.advisory for _, claim in hits]
    others = [claim.advisory for claim in group if claim.advisory not in said]
    ids = {name for claim in group for name in (*claim.ids, claim.advisory.id)}
    ids |= {name for claim in group if not claim.bundle for name in claim.advisory.aliases}
    decided = [claim.advisory for claim in deciding]
    return Vulnerability(
        ids=tuple(sorted(ids, key=_best_first)),
        advisories=(*said, *others),
        hit=hits[0][0],
        fix=_fix(said, decided, version, key),
    )


def _mended_in_a_channel(deciding: Sequence[_Claim]) -> bool:
    """The version has the fix of one channel (`+esm1`, or the free one) while the other still waits for its own."""
    return any(claim.advisory.subscription for claim in deciding) and any(
        not claim.hit and any(bounds.fixed for bounds in claim.advisory.ranges) for claim in deciding
    )


def _fix(said: list[Advisory], decided: list[Advisory], version: str, key: KeyOf) -> Fix:
    """FIXED where a version is named that mends it; NOT_FIXED where a range has no end; else nobody says.

    A source that names no fix does not outweigh one that does, and a free fix counts before one for subscribers.
    """
    for paid, state in ((False, FixState.FIXED), (True, FixState.SUBSCRIPTION)):
        names = [advisory for advisory in said if advisory.subscription is paid]
        if not names:
            continue
        others = [advisory for advisory in decided if advisory.subscription is paid]
        if target := first_clean(fixes(names, version, key), others, key):
            return Fix(state=state, version=target)
    if any(advisory.will_not_fix for advisory in said):
        return Fix(state=FixState.WILL_NOT_FIX)
    open_ended = any(not (b.fixed or b.last_affected) for advisory in said for b in advisory.ranges)
    return Fix(state=FixState.NOT_FIXED if open_ended else FixState.UNKNOWN)


def severity(advisories: Sequence[Advisory], *, of_distro: bool = False) -> tuple[Severity, float | None, str]:
    """The word, the CVSS score behind it (None for a vendor's word), and whose it is with its scale.

    By the newest generation of CVSS that any of them has, the first such; else by a vendor's word. A distro's word on
    its own package counts before any score, for it knows how the package is built and used there.
    """
    word = next((a for a in advisories if a.severity is not Severity.UNKNOWN), None)
    if word and of_distro:
        return word.severity, None, f"{word.source}, its own word"
    vectors = sorted((a for a in advisories if a.cvss), key=lambda a: scoring.generation(a.cvss), reverse=True)
    for scored in vectors:
        if (score := scoring.score(scored.cvss)) is not None:
            return scoring.rating(score), score, f"{scored.source}, CVSS {scoring.edition(scored.cvss)}"
    return (word.severity, None, f"{word.source}, its own word") if word else (Severity.UNKNOWN, None, "")


def elsewhere(vectors: Iterable[tuple[str, str] | None]) -> tuple[Severity, float | None, str]:
    """As `severity`, by the first vector, with its source, that somebody gives the CVE in another ecosystem."""
    for vector, source in filter(None, vectors):
        if (score := scoring.score(vector)) is not None:
            return scoring.rating(score), score, f"{source}, CVSS {scoring.edition(vector)}"
    return Severity.UNKNOWN, None, ""


def upgrade(found: Sequence[Vulnerability], version: str, key: KeyOf) -> str:
    """The smallest version that mends all that can be mended, "" for none: a fix of one may suffer from another."""
    mendable = [one for one in found if one.fix.state is FixState.FIXED]
    if len(mendable) < 2:
        return mendable[0].fix.version if mendable else ""
    advisories = [advisory for one in mendable for advisory in one.advisories]
    return first_clean(fixes(advisories, version, key), advisories, key)
