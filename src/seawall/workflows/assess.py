"""The main job: find what is there, judge it, and put one report together. `check`, `audit` and `scan` are this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seawall.errors import SeawallError, Unsupported
from seawall.gate import judge as verdict_of
from seawall.model import (
    Cluster,
    ClusterCoverage,
    Coverage,
    Dockerfile,
    DockerfileCoverage,
    FeedStatus,
    Finding,
    FleetGroup,
    FrameworkResult,
    Image,
    ImageCoverage,
    NotAssessed,
    Outdated,
    Package,
    Points,
    Report,
    Started,
    Status,
)
from seawall.model.vex import Attached
from seawall.workflows.discover import Found, discover
from seawall.workflows.inputs import Place, told_apart
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
    dockerfiles: tuple[DockerfileCoverage, ...] = ()
    advisories: tuple[FeedStatus, ...] = ()
    outdated: list[Outdated] = []
    fleet: tuple[FleetGroup, ...] = ()


def assess(
    inputs: Sequence[str | Path],
    kinds: Sequence[str],
    settings: Settings,
    say: Say,
    live: Callable[[Settings, Say], Found] | None = None,
) -> Report:
    """Judge everything of `kinds` ("cluster", "image", "dockerfile") that is found in `inputs`, and what `live` finds.

    An input is a path or, where images are asked for, the name of one in a registry.
    """
    paths, afar = told_apart(inputs) if "image" in kinds else ([Path(each) for each in inputs], [])
    found = discover(paths, kinds, settings.limits, say)
    if live:
        found.add(live(settings, say))
    assessed = Assessed(not_assessed=list(found.not_assessed), failed=list(found.failed))
    if found.clusters:
        audit(found.clusters, settings, assessed, say)
    if found.dockerfiles:
        judge_dockerfiles(found.dockerfiles, settings, assessed, say)
    images: list[Place] = [*found.images, *settings.rootfs, *afar]
    if images:
        scan(images, settings, assessed, say)
    frameworks = by_framework(found.clusters, settings, assessed) if settings.framework else ()
    looked = assessed.clusters or assessed.images or assessed.dockerfiles
    if not looked and not assessed.failed:
        assessed.failed.append(f"nothing that can be read was found in {', '.join(map(str, inputs))}")
    return Report(
        verdict=verdict_of(assessed.findings, assessed.not_assessed, settings.policy, failed=assessed.failed),
        findings=tuple(assessed.findings),
        packages=tuple(assessed.packages),
        not_assessed=tuple(sorted(set(assessed.not_assessed))),
        coverage=Coverage(
            files=found.files,
            clusters=assessed.clusters,
            images=tuple(assessed.images),
            dockerfiles=assessed.dockerfiles,
            advisories=assessed.advisories,
        ),
        frameworks=frameworks,
        outdated=tuple(sorted(set(assessed.outdated))) if settings.outdated else None,
        fleet=assessed.fleet,
    )


def by_framework(clusters: Sequence[Cluster], settings: Settings, assessed: Assessed) -> tuple[FrameworkResult, ...]:
    """What the findings mean for the framework; findings in images go where none of its controls asks for them."""
    from seawall.checks.frameworks import FRAMEWORKS, judge

    framework = FRAMEWORKS[settings.framework]
    if assessed.images and not any(control.images for control in framework.controls):
        assessed.findings = [finding for finding in assessed.findings if not finding.package]
        why = f"no control of {framework.id} asks for them"
        assessed.not_assessed += [
            NotAssessed(what="vulnerabilities", where=image.name, why=why) for image in assessed.images
        ]
    blind = not assessed.advisories or bool(assessed.not_assessed)
    images = {image.name: not blind and image.matched == image.packages for image in assessed.images}
    return (judge(framework, named_apart(clusters), images, assessed.findings, settings.grouping),)


def audit(clusters: Sequence[Cluster], settings: Settings, assessed: Assessed, say: Say) -> None:
    """Ask every check of every cluster and every group of clusters."""
    from seawall.checks import all_checks, run
    from seawall.checks.matrix import matrix
    from seawall.model.paths import settings_known
    from seawall.sources.clusters.attached import elsewhere
    from seawall.sources.clusters.costs import change

    clusters = named_apart(clusters)
    say(f"judging {len(clusters)} clusters")
    checks, grouping = asked(all_checks(), settings), settings.grouping
    results = run(clusters, checks, today=settings.today, cost=change, grouping=grouping)
    assessed.findings += results.findings
    assessed.fleet = tuple(matrix(each, change, everything=settings.whole_matrix) for each in results.fleets)
    if len(clusters) > 1:
        assessed.not_assessed += [
            NotAssessed(what="group of clusters", where=rule.place, why=why) for rule, why in grouping.gaps(clusters)
        ]
    if settings.baseline:
        from seawall.workflows.baseline import compare

        told, found = compare(clusters, results.findings, checks, settings, say)
        assessed.findings += told
        assessed.not_assessed += found.not_assessed
        assessed.failed += found.failed
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


def judge_dockerfiles(dockerfiles: Sequence[Dockerfile], settings: Settings, assessed: Assessed, say: Say) -> None:
    """Ask every check of every Dockerfile; a framework asks none of them."""
    if settings.framework:
        why = f"no control of {settings.framework} asks for it"
        assessed.not_assessed += [NotAssessed(what="Dockerfile", where=each.file, why=why) for each in dockerfiles]
        return
    from seawall.checks import dockerfile_checks
    from seawall.checks.dockerfiles import judge

    checks = dockerfile_checks()
    for dockerfile in dockerfiles:
        say(f"judging {dockerfile.file}")
        findings = [told.finding for told in judge(dockerfile, checks, today=settings.today)]
        assessed.findings += findings
        failed = {finding.rule for finding in findings if finding.status is Status.FAIL}
        undecided = {finding.rule for finding in findings} - failed
        coverage = DockerfileCoverage(
            file=dockerfile.file,
            stages=len(dockerfile.stages),
            instructions=len(dockerfile.instructions),
            passed=len(checks) - len(failed) - len(undecided),
            failed=len(failed),
            undecided=len(undecided),
        )
        assessed.dockerfiles = (*assessed.dockerfiles, coverage)


def asked(checks: Sequence[Check], settings: Settings) -> Sequence[Check]:
    """The checks that the framework maps to, or all of them."""
    if not settings.framework:
        return checks
    from seawall.checks.frameworks import FRAMEWORKS

    return [check for check in checks if check.id in FRAMEWORKS[settings.framework].checks]


def named_apart(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Clusters of one name get what tells them apart put before it, or at last a number: a name is an identity."""
    named = list(clusters)
    for prefix in ("resource_group", "origin"):
        told: dict[str, set[str]] = {}
        for cluster in named:
            told.setdefault(cluster.name, set()).add(getattr(cluster, prefix))
        named = [
            msgspec.structs.replace(cluster, name=f"{getattr(cluster, prefix)}/{cluster.name}".lstrip("/"))
            if len(told[cluster.name]) > 1
            else cluster
            for cluster in named
        ]
    seen: Counter[str] = Counter()
    for index, cluster in enumerate(named):
        seen[cluster.name] += 1
        if seen[cluster.name] > 1:
            named[index] = msgspec.structs.replace(cluster, name=f"{cluster.name}#{seen[cluster.name]}")
    return named


def scan(places: Sequence[Place], settings: Settings, assessed: Assessed, say: Say) -> None:
    """List the packages of every image, and match them against the advisories."""
    from seawall.checks.vulnerabilities import findings
    from seawall.workflows import vex
    from seawall.workflows.advisories import open_advisories
    from seawall.workflows.images import Images

    def failed(where: str, error: SeawallError) -> None:
        # among all that a repository holds there are things that are no images; one that was named must be one
        if not (isinstance(error, Unsupported) and (settings.sweep or settings.newest)):
            assessed.failed.append(str(error) + (f" ({error.hint})" if error.hint else ""))
        assessed.not_assessed.append(NotAssessed(what="image", where=where, why=error.message))

    spoken = vex.Spoken(of_all=vex.of_files(settings, assessed.failed))
    with open_advisories(settings) as advisories, Images(settings) as images:
        for place in images.places(places, failed):
            try:
                for source in images.sources(place):
                    say(f"reading image {source.image.name}")
                    image = images.contents(source)
                    image, attached, said = vex.beside(image, place, images, settings, assessed.not_assessed)
                    say(f"matching {len(image.packages)} packages of {image.name}")
                    matched = advisories.match(image.packages, image.distro)
                    assessed.findings += spoken.judge(list(findings(image, matched)), image, said)
                    seen = coverage(image, matched.judged, inside(image, settings, assessed), attached)
                    assessed.packages += [msgspec.structs.replace(each, image=seen.id) for each in image.packages]
                    assessed.images.append(seen)
                    assessed.not_assessed += [*image.not_assessed, *of_image(image.name, matched.not_assessed)]
                    if settings.outdated:
                        from seawall.workflows import outdated

                        outdated.look(image, place, images, settings, assessed, say)
            except SeawallError as error:
                failed(str(place), error)
        assessed.advisories = advisories.feeds()
        assessed.not_assessed += [*advisories.gaps(), *spoken.idle()]


def coverage(
    image: Image, judged: int, points: tuple[Points, ...] | None, attached: tuple[Attached, ...]
) -> ImageCoverage:
    """How much of an image was read. `judged` of its packages were matched."""
    below = {layer.diff_id for layer in image.layers[: image.base.layers]} if image.base else set()
    return ImageCoverage(
        id=identity(image),
        name=image.name,
        file=image.file,
        platform=image.platform,
        distro=f"{image.distro.id} {image.distro.version}".strip() if image.distro else "",
        layers=len(image.layers),
        packages=len(image.packages),
        matched=judged,
        exploitability=None if points is None else sum(each.points for each in points),
        points=points or (),
        trace=started(image),
        attached=attached,
        base=image.base,
        from_base=sum(package.layer in below for package in image.packages if package.layer),
    )


def identity(image: Image) -> str:
    """What tells an image from others, whenever and however it was read."""
    if not image.digest:
        return " ".join(dict.fromkeys(filter(None, (image.name, image.platform, image.file))))
    return image.name if image.name.endswith(f"@{image.digest}") else f"{image.name}@{image.digest}"


def inside(image: Image, settings: Settings, assessed: Assessed) -> tuple[Points, ...] | None:
    """Ask every check of what the image's files are; what adds to its score, None where they were not looked at."""
    from seawall.checks import image_checks
    from seawall.checks.exploitability import exploitability
    from seawall.checks.images import judge

    if image.contents is None or image.platform.startswith("windows"):
        why = "its files are Windows'" if image.contents else "it was read from a list of its packages"
        why = "only packages were asked for" if settings.packages_only else why
        what = "tools, rights and secrets in an image"
        assessed.not_assessed.append(NotAssessed(what=what, where=image.name, why=why))
        return None
    if skipped := image.contents.skipped:
        named = ", ".join(f"/{path}" for path in skipped[:3]) + (", …" if len(skipped) > 3 else "")
        why = f"{len(skipped)} may hold some and were not searched, too large or no known text: {named}"
        assessed.not_assessed.append(NotAssessed(what="secrets in files", where=image.name, why=why))
    checks = asked(image_checks(), settings)
    assessed.findings += judge(image, checks, today=settings.today, days=settings.max_image_age)
    return exploitability(image)


def started(image: Image) -> Started | None:
    """What the image runs, without all that this needs."""
    trace = image.contents.trace if image.contents else None
    return Started(runs=trace.runs, unknown=trace.unknown) if trace else None


def of_image(name: str, not_assessed: Iterable[NotAssessed]) -> list[NotAssessed]:
    """The same, said of this image."""
    return [msgspec.structs.replace(each, where=each.where or name) for each in not_assessed]
