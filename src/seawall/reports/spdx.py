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
    images, packages, gaps = sbom.images(report), sbom.packages(report), sbom.gaps(report)
    date = sbom.time_of(style)
    roots = [_image(image, date) for image in images]
    systems = [_system(*each) for each in dict.fromkeys(sbom.system(image) for image in images if image.distro)]
    links = _advisories(report)
    inside = [*systems, *(_package(package, links.get(package.purl, []), date) for package in packages)]
    name = ", ".join(image.name for image in images) or "seawall"
    document: dict[str, Any] = {
        "name": name,
        "comment": f"Incomplete: {len(gaps):,} things were not assessed; see the annotations."
        if gaps
        else "Nothing that was found was left unread.",
        "packages": [*roots, *inside],
        "relationships": [*_relationships(roots, inside)],
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
        "SPDXID": f"SPDXRef-ContainerImage-{sbom.reference(image)}",
        "name": image.name,
        "primaryPackagePurpose": "CONTAINER",
        "annotations": _annotations(sbom.of_image(image), date),
        **NOT_SAID,
    }


def _system(name: str, version: str) -> dict[str, Any]:
    return {
        "SPDXID": f"SPDXRef-OperatingSystem-{sbom.reference((name, version))}",
        "name": name,
        "versionInfo": version,
        "primaryPackagePurpose": "OPERATING-SYSTEM",
        **NOT_SAID,
    }


def _package(package: Package, links: list[dict[str, str]], date: str) -> dict[str, Any]:
    purl = sbom.purl_of(package)
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    return {
        "SPDXID": f"SPDXRef-Package-{sbom.reference(package)}",
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


def _advisories(report: Report) -> dict[str, list[dict[str, str]]]:
    """By purl, one reference an advisory; the comment names the vulnerability, its severity and the way out."""
    links: dict[str, dict[str, dict[str, str]]] = {}
    for finding in worst_first(report.findings):
        for ref in finding.refs if finding.package else ():
            if finding.package and URI.fullmatch(ref):
                link = {"referenceCategory": "SECURITY", "referenceType": "advisory", "referenceLocator": ref}
                comment = f"{finding.rule} ({finding.severity}): {finding.message}"
                links.setdefault(finding.package.purl, {}).setdefault(ref, link | {"comment": comment})
    return {purl: list(by_ref.values()) for purl, by_ref in links.items()}


def _relationships(roots: list[dict[str, Any]], inside: list[dict[str, Any]]) -> Iterable[dict[str, str]]:
    """The document describes the images; one image contains all there is."""
    described = roots or inside
    for each in described:
        yield _relationship(DOCUMENT, "DESCRIBES", each)
    if len(roots) == 1:
        for each in inside:
            yield _relationship(roots[0]["SPDXID"], "CONTAINS", each)


def _relationship(subject: str, how: str, thing: dict[str, Any]) -> dict[str, str]:
    return {"spdxElementId": subject, "relationshipType": how, "relatedSpdxElement": thing["SPDXID"]}
