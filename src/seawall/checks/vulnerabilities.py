"""Turns the vulnerabilities that were matched to an image's packages into findings."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.advisories.match import Matched
from seawall.model import Finding, FixState, Image, Location, Match, Package, PackageRef, Status, Subject


def findings(image: Image, matched: Matched) -> Iterator[Finding]:
    """One finding a vulnerability and package; a match that could not be decided has the status `unknown`."""
    versions: dict[str, set[str]] = {}
    for package in image.packages:
        versions.setdefault(unversioned(package), set()).add(package.version)
    seen = set()
    base = {layer.diff_id for layer in image.layers[: image.base.layers]} if image.base else set()
    for match in matched.matches:
        package = match.package
        # two versions of one package in one image are two things to mend; two copies of one version are one
        several = len(versions.get(unversioned(package), ())) > 1
        finding = Finding(
            rule=match.id,
            title=match.summary or match.id,
            severity=match.severity,
            status=Status.FAIL if match.certain else Status.UNKNOWN,
            subject=Subject(kind="image", name=image.name),
            field=unversioned(package) + (f"@{package.version}" if several else ""),
            message=message(match),
            location=Location(file=image.file),
            aliases=match.aliases,
            package=PackageRef(
                purl=package.purl,
                name=package.name,
                version=package.version,
                path=package.path,
                layer=package.layer,
                upgrade=matched.upgrades.get(package, ""),
                from_base=package.layer in base if base and package.layer else None,
            ),
            fix=match.fix,
            kev=match.kev,
            epss=match.epss,
            scored_by=match.scored_by,
            refs=match.refs,
        )
        if finding.id not in seen:
            seen.add(finding.id)
            yield finding


def unversioned(package: Package) -> str:
    """The package's purl without version and qualifiers: what stays the same when it is upgraded."""
    return package.purl.partition("?")[0].rpartition("@")[0] or f"pkg:{package.type}/{package.name}"


def message(match: Match) -> str:
    """What is wrong and what to do, in one sentence."""
    package = match.package
    name = f"{package.name} {package.version}"
    if package.claimed:
        name += f" (seen only in the SBOM {package.claimed}, which nobody checked)"
    if not match.certain:
        return f"{name} may be affected: {match.why}"
    way_out = f"upgrade to {match.fix.version}" if match.fix.version else "no fixed version is known"
    if match.fix.state is FixState.SUBSCRIPTION:
        way_out = f"the fix, {match.fix.version}, is for subscribers only"
    return f"{name} is affected; {way_out}"
