"""What both SBOM formats say of an image and its packages: one vocabulary of properties, Syft's where it has a word.

https://github.com/anchore/syft names a package's type, its path and layer, and its source package so.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Sequence
from urllib.parse import quote

from seawall.model import ImageCoverage, NotAssessed, Package, Report
from seawall.reports.style import Style

SYFT_TYPES = {
    "cargo": "rust-crate",
    "composer": "php-composer",
    "gem": "gem",
    "golang": "go-module",
    "maven": "java-archive",
    "nuget": "dotnet",
    "pypi": "python",
}
"""Syft's word for a type of package where that is not the purl's."""

SOURCES = {"deb": "source", "apk": "originPackage", "rpm": "sourceRpm"}
"""Where Syft keeps the name of the source package, by type; these are the types of packages of a distro."""

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

Property = tuple[str, str]


def images(report: Report) -> list[ImageCoverage]:
    """Every image once, in the order of its names."""
    by_id = {image.id: image for image in sorted(report.coverage.images, key=repr)}
    return sorted(by_id.values(), key=lambda image: (image.name, image.id))


def packages(report: Report, image: ImageCoverage | None = None) -> list[Package]:
    """Every package of all images or of one, each once, in one order."""
    found = {each for each in report.packages if image is None or each.image == image.id}
    by_identity = {_identity(each): each for each in sorted(found, key=repr, reverse=True)}
    return [by_identity[each] for each in sorted(by_identity)]


def reference(*words: str) -> str:
    """A word for a thing that tells it from all others by what it is, not by how much is said of it: 16 hexadecimal
    digits, the same in every run and every version."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def of_package(package: Package) -> str:
    """The same package at the same place of the same image has the same reference."""
    return reference(*_identity(package))


def _identity(package: Package) -> tuple[str, ...]:
    what = (package.type, package.namespace, package.name, package.version, package.arch, package.purl)
    return (package.image, *what, package.path, package.layer)


def copies(report: Report) -> dict[tuple[str, str], list[Package]]:
    """The packages that a finding is about, by the name of its image and its purl."""
    names = {image.id: image.name for image in report.coverage.images}
    found: dict[tuple[str, str], list[Package]] = {}
    for package in packages(report):
        found.setdefault((names.get(package.image, ""), package.purl), []).append(package)
    return found


def fingerprint(document: object) -> uuid.UUID:
    """An identity of a document that is derived from what it says: the same content, the same identity."""
    return uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(ascii(document).encode()).hexdigest())


def time_of(style: Style) -> str:
    """The time of the report, UTC to the second; 1970 where no clock was given, for a function of a report has none."""
    return (style.now or EPOCH).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def purl_of(package: Package) -> str:
    """The purl, with the source package as the qualifier `upstream`, which Grype and others match by."""
    if package.type not in SOURCES or not package.source or not package.purl:
        return package.purl
    upstream = package.source + (f"@{package.source_version}" if package.source_version else "")
    mark = "&" if "?" in package.purl else "?"
    return f"{package.purl}{mark}upstream={quote(upstream.encode('utf-8', 'backslashreplace'), safe='')}"


def properties(package: Package) -> list[Property]:
    """What is known of a package and has no field of its own in a format."""
    told = [
        ("syft:package:type", SYFT_TYPES.get(package.type, package.type)),
        ("syft:location:0:path", f"/{package.path}" if package.path else ""),
        ("syft:location:0:layerID", package.layer),
        (f"syft:metadata:{SOURCES.get(package.type, 'source')}", package.source),
        ("syft:metadata:sourceVersion", package.source_version),
        ("syft:metadata:modularityLabel", package.module),
        *(_trivy(package) if package.type in ("deb", "apk") else ()),
        ("seawall:origin", package.origin),
        ("seawall:owner", package.owner),
        ("seawall:claimed", package.claimed),
    ]
    return [(name, value) for name, value in told if value]


def _trivy(package: Package) -> list[Property]:
    """The source package as Trivy reads it, which does not look at the purl's `upstream`."""
    name, version = package.source, package.source and (package.source_version or package.version)
    return [("aquasecurity:trivy:SrcName", name), ("aquasecurity:trivy:SrcVersion", version)]


def of_image(image: ImageCoverage) -> list[Property]:
    told = [("seawall:image", image.id), ("seawall:file", image.file), ("seawall:platform", image.platform)]
    return [(name, value) for name, value in told if value]


def system(image: ImageCoverage) -> tuple[str, str]:
    """Id and version of the image's distro, as os-release has them; both "" where it has none."""
    name, _, version = image.distro.partition(" ")
    return name, version


def gaps(report: Report) -> list[NotAssessed]:
    """What was not looked at, and what an SBOM has no room for: no document is silently complete."""
    found = list(report.not_assessed)
    if others := sum(finding.package is None for finding in report.findings):
        why = "an SBOM tells of packages only"
        found.append(
            NotAssessed(
                what=f"{others:,} finding{'s' if others > 1 else ''} on clusters", where="this document", why=why
            )
        )
    if report.verdict.exit_code == 2:
        found += [NotAssessed(what="the run", where="this document", why=why) for why in report.verdict.reasons]
    return sorted(found)


def gap_properties(entries: Sequence[NotAssessed]) -> list[Property]:
    """Three properties an entry: `seawall:notAssessed:0:what`, `…:where` and `…:why`."""
    return [
        (f"seawall:notAssessed:{number}:{field}", getattr(entry, field))
        for number, entry in enumerate(entries)
        for field in ("what", "where", "why")
    ]
