"""An image patched: what is wrong with it, which packages mend that, a new image with them, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from seawall.advisories.match import Matched
from seawall.checks.vulnerabilities import findings
from seawall.errors import SeawallError, Unsupported, UsageError
from seawall.gate import judge
from seawall.model import Finding, FixState, Image, NotAssessed, Package, Severity, Verdict
from seawall.remedies.images.rewrite import Added, Format, Rewrite, Written
from seawall.remedies.images.writing import write
from seawall.remedies.patch.made import NOTHING_NEWER, Made
from seawall.remedies.patch.openvex import openvex
from seawall.remedies.patch.present import read_present
from seawall.safe import files
from seawall.safe.http_rules import shown
from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import open_images
from seawall.sources.repositories.opening import Opened, open_repositories
from seawall.sources.repositories.repository import Entry, download
from seawall.version import __version__
from seawall.workflows.advisories import open_advisories
from seawall.workflows.images import Images
from seawall.workflows.inputs import Place, told_apart
from seawall.workflows.outdated import architecture, host_keys, repository_access
from seawall.workflows.settings import Settings

Say = Callable[[str], None]
SYSTEMS = ("deb", "apk")
BUILD_TYPE = "https://seawall.dev/patch/v1"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `out` is where the image goes (None: only the plan is wanted); `vex` a file for OpenVEX.

    Without `everything` and `packages` all is upgraded that has a known flaw of `severity` or worse with a fix.
    `allowed` are packages whose scripts may be left unrun.
    """

    out: Path | None = None
    form: Format = "oci"
    force: bool = False
    everything: bool = False
    packages: tuple[str, ...] = ()
    severity: Severity = Severity.UNKNOWN
    allowed: frozenset[str] = frozenset()
    vex: Path | None = None


class Patched(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `after` are the findings in what was written, or those that the plan leaves.

    `written` is None where nothing was. `left` says, by package, why one with a fix is as it was.
    """

    image: Image
    made: Made
    before: tuple[Finding, ...]
    after: tuple[Finding, ...]
    left: Mapping[str, str]
    not_assessed: tuple[NotAssessed, ...]
    verdict: Verdict
    written: Written | None = None


def patch(name: str, wish: Wish, settings: Settings, say: Say) -> Patched:
    """Raises SeawallError where the image, its repositories or a package cannot be read; nothing is written then."""
    if settings.repositories is None or settings.repositories.offline:
        raise UsageError("fixed packages come from repositories", where="--offline", hint="name a --mirror")
    with open_advisories(settings) as advisories, Images(settings) as images:
        source = _only(name, images)
        say(f"reading image {source.image.name}")
        image = images.contents(source)
        matched = advisories.match(image.packages, image.distro)
        before = tuple(findings(image, matched))
        wanted, left = _wanted(image, matched, before, wish)
        made, gaps = _made(source, image, wanted, wish, settings, say)
        left = _why_left(left, made, before, wish)
        not_assessed = (*image.not_assessed, *matched.not_assessed, *advisories.gaps(), *gaps)
        written, after = None, _predicted(before, made)
        if wish.out and made.steps:
            say("writing the new image")
            written = write(source, _rewrite(image, made, settings), wish.out, form=wish.form, force=wish.force)
            again = images.contents(open_images(wish.out, limits=settings.limits)[0])
            after = tuple(findings(again, advisories.match(again.packages, again.distro)))
            if wish.vex:
                with files.replace(wish.vex) as new:
                    new.write_bytes(openvex(before, after, written.digest, settings.repositories.now))
    return Patched(
        image=image,
        made=made,
        before=before,
        after=after,
        left=left,
        not_assessed=not_assessed,
        verdict=judge(after, not_assessed, settings.policy),
        written=written,
    )


def _only(name: str, images: Images) -> ImageSource:
    paths, afar = told_apart([name])
    places: list[Place] = [*paths, *afar]
    sources = [source for place in places for source in images.sources(place)]
    if len(sources) != 1:
        hint = "put the one that is meant into an archive of its own: skopeo copy"
        raise UsageError(f"holds {len(sources)} images", where=name, hint=hint)
    return sources[0]


def _wanted(
    image: Image, matched: Matched, before: tuple[Finding, ...], wish: Wish
) -> tuple[dict[str, str], dict[str, str]]:
    """By package of the distro the version that is enough ("" for the newest); by package why it cannot be helped."""
    system = {each.name: each for each in image.packages if each.type in ("deb", "apk", "rpm")}
    if unknown := [each for each in wish.packages if each not in system]:
        raise UsageError(f"the image has no package {unknown[0]}", where="--package")
    bad = {f.package.name for f in before if f.package and f.severity >= wish.severity}
    fixed: dict[str, str] = {package.name: version for package, version in matched.upgrades.items()}
    wanted, left = dict[str, str](), dict[str, str]()
    for name, package in system.items():
        asked = name in wish.packages if wish.packages else wish.everything or (name in fixed and name in bad)
        if asked and package.origin:
            left[name] = f"it comes from {package.origin}, not from the distro"
        elif asked:
            wanted[name] = fixed.get(name, "")
    for finding in before:
        if finding.package and finding.fix:
            mended = finding.fix.state is FixState.FIXED and finding.package.name in wanted
            if not mended:
                left.setdefault(finding.package.name, _reason(finding, system))
    return wanted, left


def _why_left(left: Mapping[str, str], made: Made, before: tuple[Finding, ...], wish: Wish) -> dict[str, str]:
    """Of all that was asked about without a flaw, only what has something newer is worth a word."""
    flawed = {finding.package.name for finding in before if finding.package} | set(wish.packages)
    quiet = {name: why for name, why in made.left.items() if why == NOTHING_NEWER and name in flawed}
    return {**quiet, **left, **{name: why for name, why in made.left.items() if why != NOTHING_NEWER}}


def _reason(finding: Finding, system: Mapping[str, Package]) -> str:
    match finding.fix.state if finding.fix else FixState.UNKNOWN:
        case FixState.SUBSCRIPTION:
            return "its fix is for subscribers only"
        case FixState.WILL_NOT_FIX:
            return "the distro will not fix it"
        case FixState.FIXED if finding.package and finding.package.name not in system:
            return "a package of a language: build the image anew with the fixed one"
        case FixState.FIXED:
            return "not asked for"
    return "no fixed version is known"


def _made(
    source: ImageSource, image: Image, wanted: Mapping[str, str], wish: Wish, settings: Settings, say: Say
) -> tuple[Made, tuple[NotAssessed, ...]]:
    kinds = {each.type for each in image.packages if each.name in wanted}
    if not wanted:
        return Made(steps=(), left={}, write=lambda _: None), ()
    if len(kinds) != 1 or not kinds <= set(SYSTEMS) or image.distro is None:
        what = "its rpm database is not written" if "rpm" in kinds else "nothing tells its distro, or it has several"
        hint = "build it anew on a patched base image: seawall scan --outdated names a newer one"
        raise Unsupported(f"this image cannot be patched: {what}", where=image.name, hint=hint)
    kind = kinds.pop()
    present = read_present(source, settings.limits)
    arch = architecture(image, kind)
    with repository_access(settings) as access:
        say("reading the repositories")
        opened = open_repositories(image.distro, image.configuration, arch, access, host_keys=host_keys(access))
        if not opened.repositories:
            reasons = "; ".join(f"{gap.where}: {gap.why}" for gap in opened.not_assessed)
            raise SeawallError(f"no repository of its distro could be read: {reasons}", where=image.name)

        def fetch(entry: Entry) -> bytes:
            say(f"downloading {entry.name} {entry.version}")
            return download(entry, access.client)

        made = _by_kind(kind, present, opened, arch, wanted, fetch, wish, settings, image)
    return made, opened.not_assessed


def _by_kind(
    kind: str,
    present: Any,
    opened: Opened,
    arch: str,
    wanted: Mapping[str, str],
    fetch: Callable[[Entry], bytes],
    wish: Wish,
    settings: Settings,
    image: Image,
) -> Made:
    limits, allowed = settings.limits, wish.allowed
    if kind == "apk":
        from seawall.remedies.patch.apk_patch import patch_apk

        return patch_apk(present, opened, arch, wanted, fetch, allowed=allowed, limits=limits, where=image.name)
    from seawall.remedies.patch.dpkg_database import read_database
    from seawall.remedies.patch.dpkg_patch import patch_dpkg

    database = read_database(present, image.name)
    asked = {name: enough for name, enough in wanted.items() if name in database.installed}
    return patch_dpkg(
        present, database, asked, lambda name: opened.find(name, arch), fetch, allowed=allowed, limits=limits
    )


def _predicted(before: tuple[Finding, ...], made: Made) -> tuple[Finding, ...]:
    """What the plan leaves: the findings that no step mends."""
    changed = {step.name for step in made.steps}
    return tuple(f for f in before if not (f.package and f.fixable and f.package.name in changed))


def _rewrite(image: Image, made: Made, settings: Settings) -> Rewrite:
    words = ", ".join(f"{step.name} {step.after}" for step in made.steps)
    base = {"org.opencontainers.image.base.digest": image.digest} if image.digest else {}
    now = settings.repositories.now.replace(microsecond=0) if settings.repositories else None
    moment = now.isoformat().replace("+00:00", "Z") if now else ""
    provenance = {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {"image": image.name},
            "resolvedDependencies": [
                *([{"uri": image.name, "digest": _digest(image.digest)}] if image.digest else []),
                *({"uri": shown(step.url), "digest": _digest(step.digest)} for step in made.steps),
            ],
        },
        "runDetails": {"builder": {"id": f"seawall/{__version__}"}, "metadata": {"finishedOn": moment}},
    }
    return Rewrite(
        add=(Added(write=made.write, created_by=f"seawall patch: {words}"),),
        annotations={**base, "dev.seawall.version": __version__, "dev.seawall.patched": words},
        created=moment,
        provenance=provenance,
    )


def _digest(text: str) -> dict[str, str]:
    algorithm, _, value = text.partition(":")
    return {{"apk-sha1": "sha1"}.get(algorithm, algorithm): value}
