"""The whole answer to one question: findings, verdict, and what was not looked at."""

from __future__ import annotations

import enum

import msgspec

from seawall.model.advisory import FeedStatus
from seawall.model.finding import Finding
from seawall.model.image import Package
from seawall.model.location import NotAssessed


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`exit_code`: 0 clean, 1 the gate failed, 2 the work could not be done. `reasons` are sentences for people."""

    passed: bool
    exit_code: int
    reasons: tuple[str, ...] = ()


class ClusterCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one cluster the input told: settings known and not, checks that passed, failed, or were undecided.

    `elsewhere` are the settings among the unknown that Azure keeps in a resource of their own, which the input lacks.
    """

    name: str
    file: str
    known: int
    unknown: int
    passed: int
    failed: int
    undecided: int
    elsewhere: tuple[str, ...] = ()


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """What adds to an image's score: a kind of thing, its points, and the tools, paths or sentences that are meant."""

    what: str
    points: int
    why: tuple[str, ...] = ()


class ImageCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one image was read.

    `exploitability` is what it gives to whoever breaks in, the sum of `points`; None where its files were not read.
    """

    name: str
    file: str
    platform: str
    distro: str
    layers: int
    packages: int
    matched: int
    exploitability: int | None = None
    points: tuple[Points, ...] = ()


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the run looked at. `advisories` is empty where no database was there."""

    files: int = 0
    clusters: tuple[ClusterCoverage, ...] = ()
    images: tuple[ImageCoverage, ...] = ()
    advisories: tuple[FeedStatus, ...] = ()


class ControlStatus(enum.StrEnum):
    """PASS: everything that was judged passes. NOT_DECIDABLE: no input of this kind could tell."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNDECIDED = "undecided"
    NOT_DECIDABLE = "not_decidable"


class ControlResult(msgspec.Struct, frozen=True, kw_only=True):
    """One control of a framework; the numbers count clusters, groups of clusters or images.

    `reason` says why it was not decided, or what part of it the checks do not see.
    """

    id: str
    title: str
    status: ControlStatus
    passed: int
    failed: int
    undecided: int
    checks: tuple[str, ...]
    reason: str


class FrameworkResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run means for every control of one framework, in the framework's order."""

    id: str
    title: str
    version: str
    controls: tuple[ControlResult, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run's answer. Sorted by whoever makes it: worst first, then by subject and rule."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    packages: tuple[Package, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    coverage: Coverage = Coverage()
    frameworks: tuple[FrameworkResult, ...] = ()
