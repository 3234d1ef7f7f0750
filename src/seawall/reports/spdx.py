"""SPDX 2.3 in JSON: the packages of an image and what was not looked at, as annotations `NAME: VALUE`.

https://spdx.github.io/spdx-spec/v2.3/ has the fields. A document must say when it was created: 1970-01-01 means that
no clock was given. Vulnerabilities are there as SECURITY references to their advisories. The ids begin as Trivy's do,
for it tells packages by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seawall.model import ImageCoverage, Package, Report
from seawall.reports import components as sbom
from seawall.reports.encoding import pretty
from seawall.reports.order import worst_first
from seawall.reports.sarif import URI
from seawall.reports.style import PLAIN, Style
from seawall.version import __version__

DOCUMENT = "SPDXRef-DOCUMENT"
TOOL = f"Tool: seawall-{__version__}"
NOT_SAID = {"downloadLocation": "NOASSERTION", "filesAnalyzed": False}
"""What an SPDX package must say and an image does not tell. Without files there is nothing to sum up."""


def render(report: Report, style: Style = PLAIN) -> str:
    images, gaps = sbom.images(report), sbom.gaps(report)
    date = sbom.time_of(style)
    roots = [_image(image, date) for image in images]
    inside = {image.id: [_system(image)] if image.distro else [] for image in images}
    links = _advisories(report)
    names = {image.id: image.name for image in images}
    for package in sbom.packages(report):
        found = links.get((names.get(package.image, ""), package.purl), [])
        inside.setdefault(package.image, []).append(_package(package, found, date))
    name = ", ".join(image.name for image in images) or "seawall"
    document: dict[str, Any] = {
        "name": name,
        "comment": f"Incomplete: {len(gaps):,} things were not assessed; see the annotations."
        if gaps
        else "Nothing that was found was left unread.",
        "packages": [*roots, *(each for held in inside.values() for each in held)],
        "relationships": [*_relationships(images, roots, inside)],
        "annotations": _annotations(sbom.gap_properties(gaps), date),
    }
    namespace = f"https://seawall.invalid/spdx/{sbom.fingerprint(document)}"
    head = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "documentNamespace": namespace,
        "creationInfo": {"created": date, "creators": [TOOL]},
    }
    return pretty(head | document)


def _annotations(properties: Iterable[sbom.Property], date: str) -> list[dict[str, str]]:
    return [
        {"annotationDate": date, "annotationType": "OTHER", "annotator": TOOL, "comment": f"{name}: {value}"}
        for name, value in properties
    ]


def _image(image: ImageCoverage, date: str) -> dict[str, Any]:
    return {
        "SPDXID": f"SPDXRef-ContainerImage-{sbom.reference(image.id)}",
        "name": image.name,
        "primaryPackagePurpose": "CONTAINER",
        "annotations": _annotations(sbom.of_image(image), date),
        **NOT_SAID,
    }


def _system(image: ImageCoverage) -> dict[str, Any]:
    name, version = sbom.system(image)
    return {
        "SPDXID": f"SPDXRef-OperatingSystem-{sbom.reference(image.id, image.distro)}",
        "name": name,
        "versionInfo": version,
        "primaryPackagePurpose": "OPERATING-SYSTEM",
        **NOT_SAID,
    }


def _package(package: Package, links: list[dict[str, str]], date: str) -> dict[str, Any]:
    purl = sbom.purl_of(package)
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    return {
        "SPDXID": f"SPDXRef-Package-{sbom.of_package(package)}",
        "name": package.name,
        "versionInfo": package.version,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "LIBRARY",
        "externalRefs": [*([reference] if purl else []), *links],
        "annotations": _annotations(sbom.properties(package), date),
        **NOT_SAID,
    }


def _advisories(report: Report) -> dict[tuple[str, str], list[dict[str, str]]]:
    """By image and purl, one reference an advisory; its comment names the vulnerability, its severity, the way out."""
    links: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for finding in worst_first(report.findings):
        for ref in finding.refs if finding.package else ():
            if finding.package and URI.fullmatch(ref):
                link = {"referenceCategory": "SECURITY", "referenceType": "advisory", "referenceLocator": ref}
                comment = f"{finding.rule} ({finding.severity}): {finding.message}"
                about = (finding.subject.name, finding.package.purl)
                links.setdefault(about, {}).setdefault(ref, link | {"comment": comment})
    return {about: list(by_ref.values()) for about, by_ref in links.items()}


def _relationships(
    images: Iterable[ImageCoverage], roots: list[dict[str, Any]], inside: dict[str, list[dict[str, Any]]]
) -> Iterable[dict[str, str]]:
    """The document describes the images, and what is in none of them; each image contains what it holds."""
    seen = {image.id for image in images}
    for each in (*roots, *(each for image, held in inside.items() if image not in seen for each in held)):
        yield _relationship(DOCUMENT, "DESCRIBES", each)
    for root, image in zip(roots, images, strict=True):
        for each in inside[image.id]:
            yield _relationship(root["SPDXID"], "CONTAINS", each)


def _relationship(subject: str, how: str, thing: dict[str, Any]) -> dict[str, str]:
    return {"spdxElementId": subject, "relationshipType": how, "relatedSpdxElement": thing["SPDXID"]}
