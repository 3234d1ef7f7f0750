"""CycloneDX 1.6 in JSON: the packages of an image, their vulnerabilities, and what was not looked at.

https://cyclonedx.org/docs/1.6/json/ has the fields. The time is left out where no clock was given.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seawall.model import Finding, Fix, FixState, ImageCoverage, Package, PackageRef, Report, Status
from seawall.reports import components as sbom
from seawall.reports.encoding import pretty
from seawall.reports.order import worst_first
from seawall.reports.sarif import URI
from seawall.reports.style import PLAIN, Style
from seawall.version import __version__

METHODS = {"CVSS 2.0": "CVSSv2", "CVSS 3.0": "CVSSv3", "CVSS 3.1": "CVSSv31", "CVSS 4.0": "CVSSv4"}
"""What the scale of a severity is called there; any other is left out."""


def render(report: Report, style: Style = PLAIN) -> str:
    images, gaps = sbom.images(report), sbom.gaps(report)
    roots = [_image(image) for image in images]
    tool = {"type": "application", "name": "seawall", "version": __version__}
    metadata: dict[str, Any] = {"tools": {"components": [tool]}}
    if len(roots) == 1:
        metadata["component"] = roots[0]
    if gaps:
        metadata["properties"] = _properties(sbom.gap_properties(gaps))
    document: dict[str, Any] = {
        "metadata": metadata,
        "components": [
            *(roots if len(roots) > 1 else []),
            *(_system(image) for image in images if image.distro),
            *(_component(package) for package in sbom.packages(report)),
        ],
        "dependencies": [_holds(image, report) for image in images],
        "compositions": [
            {
                "aggregate": "incomplete" if gaps else "unknown",
                "assemblies": [root["bom-ref"] for root in roots],
            }
        ],
        "vulnerabilities": _vulnerabilities(report),
    }
    serial = sbom.fingerprint(document)
    if style.now:
        metadata["timestamp"] = sbom.time_of(style)
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    return pretty(head | document)


def _properties(properties: Iterable[sbom.Property]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in properties]


def _image_ref(image: ImageCoverage) -> str:
    return f"image-{sbom.reference(image.id)}"


def _holds(image: ImageCoverage, report: Report) -> dict[str, Any]:
    """What is in one image, its system first."""
    inside = [_ref(package) for package in sbom.packages(report, image)]
    system = [_system_ref(image)] if image.distro else []
    return {"ref": _image_ref(image), "dependsOn": [*system, *dict.fromkeys(inside)]}


def _image(image: ImageCoverage) -> dict[str, Any]:
    root = {"type": "container", "bom-ref": _image_ref(image), "name": image.name}
    return root | {"properties": _properties(sbom.of_image(image))}


def _system_ref(image: ImageCoverage) -> str:
    return f"system-{sbom.reference(image.id, image.distro)}"


def _system(image: ImageCoverage) -> dict[str, Any]:
    name, version = sbom.system(image)
    return {
        "type": "operating-system",
        "bom-ref": _system_ref(image),
        "name": name,
        "version": version,
        "properties": _properties([("syft:distro:id", name), ("syft:distro:versionID", version)]),
    }


def _ref(package: Package) -> str:
    return f"package-{sbom.of_package(package)}"


def _component(package: Package) -> dict[str, Any]:
    component = {"type": "library", "bom-ref": _ref(package), "name": package.name, "version": package.version}
    if package.namespace and package.type not in sbom.SOURCES:
        component["group"] = package.namespace
    if package.purl:
        component["purl"] = sbom.purl_of(package)
    return component | {"properties": _properties(sbom.properties(package))}


def _vulnerabilities(report: Report) -> list[dict[str, Any]]:
    """One entry a finding: severity, fix and package belong together. It affects every copy of the package in its
    image."""
    copies = {key: dict.fromkeys(map(_ref, found)) for key, found in sbom.copies(report).items()}
    worst = {finding.id: finding for finding in reversed(worst_first(report.findings))}
    return [
        _vulnerability(finding, finding.package, copies.get((finding.subject.name, finding.package.purl), ()))
        for finding in reversed(worst.values())
        if finding.package
    ]


def _vulnerability(finding: Finding, package: PackageRef, copies: Iterable[str]) -> dict[str, Any]:
    certain = finding.status is Status.FAIL
    affected: dict[str, Any] = {"status": "affected" if certain else "unknown", "version": package.version}
    told = [
        ("seawall:subject", f"{finding.subject.kind}/{finding.subject.name}"),
        ("seawall:package", package.purl),
        ("seawall:fixState", finding.fix.state.value if finding.fix else ""),
        ("seawall:fixedIn", finding.fix.version if finding.fix else ""),
        ("seawall:kev", "true" if finding.kev else ""),
        ("seawall:epss", "" if finding.epss is None else str(finding.epss)),
    ]
    entry: dict[str, Any] = {
        "bom-ref": f"finding-{finding.id}",
        "id": finding.rule,
        "references": [
            {"id": alias, "source": {"name": alias.partition("-")[0]}} for alias in dict.fromkeys(finding.aliases)
        ],
        "ratings": [_rating(finding)],
        "description": finding.title,
        "detail": finding.message,
        "recommendation": _recommendation(package, finding.fix),
        "advisories": [{"url": ref} for ref in dict.fromkeys(finding.refs) if URI.fullmatch(ref)],
        "affects": [{"ref": ref, "versions": [affected] if package.version else []} for ref in copies],
        "properties": _properties((name, value) for name, value in told if value),
    }
    state = {} if certain else {"state": "in_triage"}
    analysis = state | ({"detail": finding.waived} if finding.waived else {})
    return entry | {"analysis": analysis} if analysis else entry


def _rating(finding: Finding) -> dict[str, Any]:
    source, _, scale = finding.scored_by.partition(", ")
    rating: dict[str, Any] = {"severity": str(finding.severity)}
    if source:
        rating["source"] = {"name": source}
    return rating | ({"method": METHODS[scale]} if scale in METHODS else {})


def _recommendation(package: PackageRef, fix: Fix | None) -> str:
    if fix and fix.state is FixState.SUBSCRIPTION:
        return f"The fix, {package.name} {fix.version}, is for subscribers only."
    version = package.upgrade or (fix.version if fix else "")
    return f"Upgrade {package.name} to {version}." if version else "No fixed version is known."
