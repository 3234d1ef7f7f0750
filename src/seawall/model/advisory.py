"""Advisories, and the packages that they hit."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seawall.model.finding import Fix, Severity
from seawall.model.image import Package


class Range(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Affected versions from `introduced` ("" = the first) up to `fixed` (exclusive) or `last_affected` (inclusive).

    With neither, every later version is affected and no fix is known.
    """

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""


class Advisory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one source says of one vulnerability in one package of one ecosystem.

    `ecosystem` is named as in OSV, with its release (`Debian:12`, `Alpine:v3.20`, `Maven`); `package` as the ecosystem
    names it (`group:artifact` for Maven, the source package for Debian and Alpine). `aliases` are all other ids of the
    same vulnerability; a bulletin (DSA, ALSA, USN) has there every CVE that it mends, each a vulnerability of its own.
    `versions` are affected beside the ranges. `severity` is the vendor's word where there is no `cvss` vector.
    `will_not_fix`: the vendor has said so; `subscription`: the fixed versions are only for those who pay.
    `modules`: it is about packages of these rpm modules alone, each `name:stream`, or `*` where the source does not
    tell which one.
    """

    id: str
    aliases: tuple[str, ...] = ()
    ecosystem: str
    package: str
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    summary: str = ""
    severity: Severity = Severity.UNKNOWN
    cvss: str = ""
    refs: tuple[str, ...] = ()
    source: str = ""
    modified: str = ""
    will_not_fix: bool = False
    subscription: bool = False
    modules: tuple[str, ...] = ()


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A package that a vulnerability affects: all advisories of one vulnerability merged, the best id first.

    `id` is the CVE where there is one. `certain` is False where a version could not be compared; `why` then says so.
    `score` is the CVSS base score behind `severity`, None where no vector was given; `source` the feed that told;
    `scored_by` the one whose severity it is, with its scale.
    """

    package: Package
    id: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: Severity = Severity.UNKNOWN
    score: float | None = None
    scored_by: str = ""
    fix: Fix
    kev: bool = False
    epss: float | None = None
    refs: tuple[str, ...] = ()
    source: str = ""
    certain: bool = True
    why: str = ""


class FeedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the database holds of one source. `imported` and `newest` are ISO 8601 times in UTC, "" where unknown.

    `records` are held, `skipped` are not, for the `reasons` counted. `covers` names the ecosystems (with release) of
    which there are enough records to judge by; `releases` counts those of every one, also where they are too few.
    """

    source: str
    records: int
    skipped: int = 0
    imported: str = ""
    newest: str = ""
    covers: tuple[str, ...] = ()
    reasons: Mapping[str, int] = {}
    releases: Mapping[str, int] = {}
