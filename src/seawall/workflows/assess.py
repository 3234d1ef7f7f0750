"""The main job: find what is there, judge it, and put one report together. `check`, `audit` and `scan` are this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seawall.errors import SeawallError
from seawall.gate import judge as verdict_of
from seawall.model import (
    Cluster,
    ClusterCoverage,
    Coverage,
    FeedStatus,
    Finding,
    FrameworkResult,
    ImageCoverage,
    NotAssessed,
    Package,
    Report,
)
from seawall.workflows.discover import Found, discover
from seawall.workflows.settings import Settings

if TYPE_CHECKING:
    from seawall.checks import Check

Say = Callable[[str], None]


class Assessed(msgspec.Struct, kw_only=True):
    """What one run has gathered so far. `failed` are sentences on work that could not be done."""

    findings: list[Finding] = []
    packages: list[Package] = []
    not_assessed: list[NotAssessed] = []
    failed: list[str] = []
    clusters: tuple[ClusterCoverage, ...] = ()
    images: list[ImageCoverage] = []
    advisories: tuple[FeedStatus, ...] = ()


def assess(
    paths: Sequence[Path],
    kinds: Sequence[str],
    settings: Settings,
    say: Say,
    live: Callable[[Settings, Say], Found] | None = None,
) -> Report:
    """Judge everything of `kinds` ("cluster", "image") that is found in `paths`, and what `live` finds elsewhere."""
    found = discover(paths, kinds, settings.limits, say)
    if live:
        found.add(live(settings, say))
    assessed = Assessed(not_assessed=list(found.not_assessed), failed=list(found.failed))
    if found.clusters:
        audit(found.clusters, settings, assessed, say)
    if found.images:
        scan(found.images, settings, assessed, say)
    frameworks = by_framework(found.clusters, settings, assessed) if settings.framework else ()
    if not assessed.clusters and not assessed.images and not assessed.failed:
        assessed.failed.append(f"nothing that can be read was found in {', '.join(map(str, paths))}")
    return Report(
        verdict=verdict_of(assessed.findings, assessed.not_assessed, settings.policy, failed=assessed.failed),
        findings=tuple(assessed.findings),
        packages=tuple(assessed.packages),
        not_assessed=tuple(sorted(set(assessed.not_assessed))),
        coverage=Coverage(
            files=found.files,
            clusters=assessed.clusters,
            images=tuple(assessed.images),
            advisories=assessed.advisories,
        ),
        frameworks=frameworks,
    )


def by_framework(clusters: Sequence[Cluster], settings: Settings, assessed: Assessed) -> tuple[FrameworkResult, ...]:
    """What the findings mean for the framework; findings in images go where none of its controls asks for them."""
    from seawall.checks.frameworks import FRAMEWORKS, judge

    framework = FRAMEWORKS[settings.framework]
    if not any(control.images for control in framework.controls):
        assessed.findings = [finding for finding in assessed.findings if not finding.package]
    blind = not assessed.advisories or bool(assessed.not_assessed)
    images = {image.name: not blind and image.matched == image.packages for image in assessed.images}
    return (judge(framework, told_apart(clusters), images, assessed.findings),)


def audit(clusters: Sequence[Cluster], settings: Settings, assessed: Assessed, say: Say) -> None:
    """Ask every check of every cluster and every group of clusters."""
    from seawall.checks import all_checks, run
    from seawall.model.paths import settings_known
    from seawall.sources.clusters.attached import elsewhere
    from seawall.sources.clusters.costs import change

    clusters = told_apart(clusters)
    say(f"judging {len(clusters)} clusters")
    results = run(clusters, asked(all_checks(), settings), today=settings.today, cost=change)
    assessed.findings += results.findings
    assessed.clusters = tuple(
        ClusterCoverage(
            name=cluster.name,
            file=cluster.file,
            known=known,
            unknown=unknown,
            passed=tally.passed,
            failed=tally.failed,
            undecided=tally.undecided,
            elsewhere=elsewhere(cluster),
        )
        for cluster, tally in zip(clusters, results.tallies, strict=True)
        for known, unknown in [settings_known(cluster)]
    )


def asked(checks: Sequence[Check], settings: Settings) -> Sequence[Check]:
    """The checks that the framework maps to, or all of them."""
    if not settings.framework:
        return checks
    from seawall.checks.frameworks import FRAMEWORKS

    return [check for check in checks if check.id in FRAMEWORKS[settings.framework].checks]


def told_apart(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Clusters of one name get their resource group, or else their file, put before it: a name is an identity."""
    named = list(clusters)
    for prefix in ("resource_group", "file"):
        doubles = Counter(cluster.name for cluster in named)
        named = [
            msgspec.structs.replace(cluster, name=f"{getattr(cluster, prefix)}/{cluster.name}")
            if doubles[cluster.name] > 1 and getattr(cluster, prefix)
            else cluster
            for cluster in named
        ]
    return named


def scan(paths: Iterable[Path], settings: Settings, assessed: Assessed, say: Say) -> None:
    """List the packages of every image, and match them against the advisories."""
    from seawall.checks.image.vulnerabilities import findings
    from seawall.workflows.advisories import open_advisories
    from seawall.workflows.images import contents_of, images_in

    with open_advisories(settings) as advisories:
        for path in paths:
            try:
                for source in images_in(path, settings):
                    say(f"reading image {source.image.name}")
                    image = contents_of(source, settings)
                    say(f"matching {len(image.packages)} packages of {image.name}")
                    matched = advisories.match(image.packages, image.distro)
                    assessed.findings += findings(image, matched)
                    assessed.packages += image.packages
                    assessed.not_assessed += [*image.not_assessed, *of_image(image.name, matched.not_assessed)]
                    distro = image.distro
                    assessed.images.append(
                        ImageCoverage(
                            name=image.name,
                            file=image.file,
                            platform=image.platform,
                            distro=f"{distro.id} {distro.version}".strip() if distro else "",
                            layers=len(image.layers),
                            packages=len(image.packages),
                            matched=matched.judged,
                        )
                    )
            except SeawallError as error:
                assessed.failed.append(str(error) + (f" ({error.hint})" if error.hint else ""))
                assessed.not_assessed.append(NotAssessed(what="image", where=str(path), why=error.message))
        assessed.advisories = advisories.feeds()
        assessed.not_assessed += advisories.gaps()


def of_image(name: str, not_assessed: Iterable[NotAssessed]) -> list[NotAssessed]:
    """The same, said of this image."""
    return [msgspec.structs.replace(each, where=each.where or name) for each in not_assessed]
