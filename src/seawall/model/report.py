"""The whole answer to one question: findings, verdict, and what was not looked at."""

from __future__ import annotations

import enum

import msgspec

from seawall.model.advisory import FeedStatus
from seawall.model.contents import Run
from seawall.model.finding import Finding
from seawall.model.fleet import FleetGroup
from seawall.model.image import Base, Package
from seawall.model.location import NotAssessed
from seawall.model.vex import Attached


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


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What a container of the image runs, in order, and in sentences what of it could not be followed."""

    runs: tuple[Run, ...] = ()
    unknown: tuple[str, ...] = ()


class ImageCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one image was read.

    `id` tells it from the others of a report, as `name@digest`; without a digest it is the name and the file.
    `attached` is what refers to it in its registry. `base` is what it was built from, `from_base` how many of its
    packages came with that.
    `exploitability` is what it gives to whoever breaks in, the sum of `points`; None where its files were not read.
    `trace` is what it runs; None where nothing was followed.
    """

    name: str
    file: str
    platform: str
    distro: str
    layers: int
    packages: int
    matched: int
    id: str = ""
    exploitability: int | None = None
    points: tuple[Points, ...] = ()
    trace: Started | None = None
    attached: tuple[Attached, ...] = ()
    base: Base | None = None
    from_base: int = 0


class DockerfileCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one Dockerfile was read, and how many checks it passed, failed, or left undecided."""

    file: str
    stages: int
    instructions: int
    passed: int
    failed: int
    undecided: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the run looked at. `advisories` is empty where no database was there."""

    files: int = 0
    clusters: tuple[ClusterCoverage, ...] = ()
    images: tuple[ImageCoverage, ...] = ()
    dockerfiles: tuple[DockerfileCoverage, ...] = ()
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


class Outdated(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A package, or the base of an image (`type` "image"), of which there is something newer. It is no vulnerability.

    `newest_in_line` is the newest version that is meant to replace the installed one without change (the distro's own
    release, the same major version), `newest` the newest of all; "" where there is none newer. `released` is the day of
    the former, else of the latter, "" where it is not known. `where` is who offers it. `withdrawn` says why the
    installed version should not be used (yanked, deprecated), "" where nobody says so. `path` is in the image.
    """

    image: str
    type: str
    name: str
    installed: str
    newest_in_line: str = ""
    newest: str = ""
    released: str = ""
    where: str = ""
    withdrawn: str = ""
    purl: str = ""
    path: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run's answer. Sorted by whoever makes it: worst first, then by subject and rule.

    `outdated` is None where nobody asked for it.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    packages: tuple[Package, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    coverage: Coverage = Coverage()
    frameworks: tuple[FrameworkResult, ...] = ()
    outdated: tuple[Outdated, ...] | None = None
    fleet: tuple[FleetGroup, ...] = ()
