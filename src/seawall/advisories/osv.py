"""One record of OSV (schema 1.x, https://ossf.github.io/osv-schema/) becomes the advisories that it makes.

Where sources differ in what they leave out or where they put it, the rule is written at the function that knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from seawall.advisories import scoring
from seawall.advisories.feed import WORDS, Skipped, cut
from seawall.advisories.names import belongs, key
from seawall.model.advisory import Advisory, Range
from seawall.model.finding import Severity
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

Text = Annotated[str, msgspec.Meta(min_length=1)]

REFERENCES = 3

_IMPLIES_CVE = re.compile(r"[A-Z]+-(CVE-\d{4}-\d+)")
"""DEBIAN-CVE-, ALPINE-CVE- and UBUNTU-CVE- ids."""

_ERRATA = ("AlmaLinux", "Rocky Linux", "Red Hat")
"""Their CVEs stand in `related`, their word and their module in the summary, and many records mend bugs, no flaws."""

_BUG_FIX = re.compile(r"(?:AL|RL|RH)[BE]A-")
_MODULAR = re.compile(r"\.module[+_]el")
_MODULE = re.compile(r"\b[a-z][\w.+-]*:[A-Za-z0-9][\w.+-]*")
_WORD_AND_REST = re.compile(r"(\w+): ")
_PRO = "Ubuntu:Pro:"

_ENUMERATED = ("Debian", "Ubuntu")
"""Their `versions` are written by OSV's server from the ranges, and can be a hundred times the rest of a record."""

_START = frozenset({"", "0", "0.0.0-0"})
"""`introduced` values that mean the first version; the last is the lowest version of SemVer, used by RustSec."""

_REFERENCE_ORDER = {"ADVISORY": 0, "REPORT": 1, "WEB": 2, "ARTICLE": 3, "FIX": 4}

_VECTORS = ("CVSS_V3", "CVSS_V4", "CVSS_V2")
"""V3 first: nearly every scored record has one, so scores stay comparable."""


class _Event(msgspec.Struct):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None


class _Range(msgspec.Struct):
    type: str
    events: list[_Event] | None = None


class _Package(msgspec.Struct):
    ecosystem: Text
    name: Text


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Reference(msgspec.Struct):
    type: str = ""
    url: str = ""


class _Specific(msgspec.Struct):
    """What sources put into `database_specific` and `ecosystem_specific`; free-form by the schema."""

    severity: Any = None
    urgency: Any = None
    ubuntu_priority: Any = None
    status: Any = None
    cvss: Any = None
    cvss_v3_score: Any = None
    last_known_affected_version_range: Any = None
    patchable: Any = None


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    ecosystem_specific: _Specific | None = None
    database_specific: _Specific | None = None


class _Record(msgspec.Struct):
    id: Text
    modified: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    related: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Severity] | None = None
    references: list[_Reference] | None = None
    affected: list[_Affected] | None = None
    database_specific: _Specific | None = None


def read(data: bytes, *, source: str, where: str, limits: Limits = DEFAULT) -> tuple[Advisory, ...] | Skipped:
    """One advisory a package of the bundle `source`, its `affected` entries merged. Raises Malformed, LimitExceeded.

    A record that names several ecosystems stands in the bundle of each; every bundle gives only its own.
    """
    record = json.decode(data, _Record, where=where, limits=limits)
    if record.withdrawn:
        return Skipped.WITHDRAWN
    if record.database_specific and record.database_specific.patchable == "Not Applicable":
        return Skipped.NOT_APPLICABLE
    packages: dict[tuple[str, str], list[_Affected]] = {}
    for entry in record.affected or ():
        if entry.package and belongs(entry.package.ecosystem, source):
            packages.setdefault(key(entry.package.ecosystem, entry.package.name), []).append(entry)
    if not packages:
        return Skipped.ELSEWHERE
    aliases = _aliases(record, source)
    if not aliases and _BUG_FIX.match(record.id):
        return Skipped.NO_FLAW
    found = (_advisory(record, aliases, entries, source) for entries in packages.values())
    return tuple(advisory for advisory in found if advisory) or Skipped.NO_VERSIONS


def _advisory(record: _Record, aliases: tuple[str, ...], entries: list[_Affected], source: str) -> Advisory | None:
    """What the record says of one package; None where it names no versions."""
    package = entries[0].package
    ranges, versions = _affected(entries, source)
    if not package or not (ranges or versions):
        return None
    return Advisory(
        id=record.id,
        aliases=aliases,
        ecosystem=package.ecosystem,
        package=package.name,
        ranges=ranges,
        versions=versions,
        summary=_summary(record),
        severity=_severity(record, entries),
        cvss=_cvss(record, entries),
        refs=_refs(record),
        source=source,
        modified=record.modified,
        will_not_fix=_will_not_fix(entries),
        subscription=package.ecosystem.startswith(_PRO),
        modules=_modules(record, ranges) if source in _ERRATA else (),
    )


def _aliases(record: _Record, source: str) -> tuple[str, ...]:
    """All other ids, CVEs by their plain name.

    The CVEs of distribution bulletins are in `upstream`; those of the RPM family are in `related` only, which
    elsewhere holds other vulnerabilities.
    """
    ids = [record.id, *(record.aliases or ()), *(record.upstream or ())]
    if source in _ERRATA:
        ids += [name for name in record.related or () if name.startswith("CVE-")]
    plain = (match[1] if (match := _IMPLIES_CVE.fullmatch(name)) else name for name in ids)
    return tuple(name for name in dict.fromkeys(plain) if name != record.id)


def _affected(entries: list[_Affected], source: str) -> tuple[tuple[Range, ...], tuple[str, ...]]:
    """The union of all ranges, and of the versions listed beside them, as the schema defines what is affected.

    A list is left out only where it cannot say more than the ranges: one range is everything, or the list was
    enumerated from the ranges.
    """
    ranges: dict[Range, None] = {}
    versions: dict[str, None] = {}
    for entry in entries:
        own = _bounded([pair for part in entry.ranges or () if part.type != "GIT" for pair in _pairs(part)], entry)
        ranges |= dict.fromkeys(own)
        if not (own and source in _ENUMERATED):
            versions |= dict.fromkeys(entry.versions or ())
    return tuple(ranges), () if Range() in ranges else tuple(versions)


def _pairs(part: _Range) -> Iterator[Range]:
    """Every end closes the oldest open start, in the order written, which OSV's server keeps sorted.

    Nothing is lost where it is not: a start too many stays open, and an end too many (several `last_affected` after
    one start in PYSEC-2009-14) closes a second range from the same start.
    """
    events = part.events or []
    if events and events[0].introduced is None:
        events = sorted(events, key=lambda event: event.introduced is None)
    starts: list[str] = []
    start = ""
    for event in events:
        if event.introduced is not None:
            starts.append("" if event.introduced in _START else event.introduced)
        if event.fixed or event.last_affected:
            start = starts.pop(0) if starts else start
            yield Range(introduced=start, fixed=event.fixed or "", last_affected=event.last_affected or "")
    for start in starts:
        yield Range(introduced=start)


def _bounded(ranges: list[Range], entry: _Affected) -> list[Range]:
    """GitHub's upper bound where OSV has no room for it: an advisory without a patched version (`<= 1.2`, `< 1.3`)."""
    bound = entry.database_specific and entry.database_specific.last_known_affected_version_range
    if len(ranges) != 1 or ranges[0].fixed or ranges[0].last_affected or not isinstance(bound, str):
        return ranges
    operator, _, version = bound.partition(" ")
    if operator == "<=":
        return [msgspec.structs.replace(ranges[0], last_affected=version)]
    return [msgspec.structs.replace(ranges[0], fixed=version)] if operator == "<" else ranges


def _cvss(record: _Record, entries: list[_Affected]) -> str:
    """One vector: the package's own before the record's; RustSec's stands in `database_specific`."""
    for scores in (*(entry.severity for entry in entries), record.severity):
        by_kind = {score.type: score.score for score in scores or ()}
        for kind in _VECTORS:
            if kind in by_kind:
                return by_kind[kind]
    for entry in entries:
        vector = entry.database_specific and entry.database_specific.cvss
        if isinstance(vector, str) and vector.startswith("CVSS:"):
            return vector
    return ""


def _severity(record: _Record, entries: list[_Affected]) -> Severity:
    """The first word that a source has for it, the package's own before the record's; else a bare CVSS v3 score."""
    for word in _words(record, entries):
        if isinstance(word, str) and (severity := WORDS.get(word.rstrip("*").lower())):
            return severity
    score = record.database_specific and record.database_specific.cvss_v3_score
    if not isinstance(score, int | float):
        return Severity.UNKNOWN
    return scoring.rating(score)


def _words(record: _Record, entries: list[_Affected]) -> Iterator[Any]:
    for entry in entries:
        if own := entry.ecosystem_specific:
            yield from (own.severity, own.urgency, own.ubuntu_priority)
        if entry.database_specific:
            yield entry.database_specific.severity
    if record.database_specific:
        yield record.database_specific.severity
    yield from (score.score for score in record.severity or () if score.type == "Ubuntu")
    word = _WORD_AND_REST.match(record.summary or "")  # `Important: nodejs:18 security update`
    yield word and word[1]


def _will_not_fix(entries: list[_Affected]) -> bool:
    """Wolfi's `fix-not-planned`. Debian's `no-dsa` and `end-of-life` promise nothing either way: not fixed."""
    return all(entry.ecosystem_specific and entry.ecosystem_specific.status == "fix-not-planned" for entry in entries)


def _modules(record: _Record, ranges: tuple[Range, ...]) -> tuple[str, ...]:
    """The rpm modules of an erratum: named in its summary, where the release of what it fixes tells that it has some.

    A few summaries name none (`criu bug fix update`).
    """
    if not any(_MODULAR.search(bounds.fixed) for bounds in ranges):
        return ()
    return tuple(dict.fromkeys(_MODULE.findall(record.summary or ""))) or ("*",)


def _refs(record: _Record) -> tuple[str, ...]:
    """The best few addresses, advisories first."""
    web = [ref for ref in record.references or () if ref.url.startswith(("https://", "http://"))]
    web.sort(key=lambda ref: _REFERENCE_ORDER.get(ref.type, len(_REFERENCE_ORDER)))
    return tuple(dict.fromkeys(ref.url for ref in web))[:REFERENCES]


def _summary(record: _Record) -> str:
    """The summary, else the first line of the details that is no heading; cut to one line of a report."""
    lines = (line.strip() for line in (record.summary or record.details or "").splitlines())
    text = next((line for line in lines if line and not line.startswith("#")), "")
    return cut(text)
