"""Advisories, and the packages that they hit."""

from __future__ import annotations

import msgspec

from seawall.model.finding import Fix, Severity
from seawall.model.image import Package


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A package that a vulnerability affects: all advisories of one vulnerability merged, the best id first.

    `id` is the CVE where there is one. `certain` is False where a version could not be compared; `why` then says so.
    `score` is the CVSS base score behind `severity`, None where no vector was given; `source` the feed that told.
    """

    package: Package
    id: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: Severity = Severity.UNKNOWN
    score: float | None = None
    fix: Fix
    kev: bool = False
    epss: float | None = None
    refs: tuple[str, ...] = ()
    source: str = ""
    certain: bool = True
    why: str = ""


class FeedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the database holds of one source. `imported` and `newest` are ISO 8601 times in UTC, "" where unknown."""

    source: str
    records: int
    skipped: int = 0
    imported: str = ""
    newest: str = ""
    covers: tuple[str, ...] = ()
