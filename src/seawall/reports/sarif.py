"""SARIF 2.1.0 (OASIS, errata 01), as GitHub code scanning reads it.

A result needs a place in a file there, so a finding without one is placed in the input that its subject came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from seawall.model import Finding, NotAssessed, Report, Severity, Status, Subject
from seawall.reports.encoding import pretty
from seawall.reports.order import worst_first
from seawall.reports.style import PLAIN, Style
from seawall.version import __version__

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
    Severity.UNKNOWN: "warning",
}

SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""`security-severity`, in the middle of the band that code scanning gives each word; the others carry none."""

URI = re.compile(r"https?://(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+", re.ASCII)


def render(report: Report, _style: Style = PLAIN) -> str:
    findings = worst_first(report.findings)
    worst = {finding.rule: finding for finding in reversed(findings)}
    ids = sorted(worst)
    index = {rule: number for number, rule in enumerate(ids)}
    inputs = _inputs(report)
    tags = _tags(report)
    run = {
        "tool": {
            "driver": {
                "name": "Seawall",
                "semanticVersion": __version__,
                "rules": [_rule(worst[rule], tags.get(rule, ())) for rule in ids],
            }
        },
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.rule], inputs) for finding in findings],
    }
    return pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _tags(report: Report) -> dict[str, list[str]]:
    """The controls that a rule decides, `cis-aks/5.4.4`, where the run asked for a framework."""
    tags: dict[str, list[str]] = {}
    for framework in report.frameworks:
        for control in framework.controls:
            for rule in control.checks:
                tags.setdefault(rule, []).append(f"{framework.id}/{control.id}")
    return tags


def _rule(finding: Finding, tags: Sequence[str]) -> dict[str, Any]:
    """A rule as its worst finding tells it."""
    links = [ref for ref in finding.refs if URI.fullmatch(ref)]
    properties: dict[str, Any] = {"tags": ["security", *tags]}
    if finding.severity in SCORES:
        properties["security-severity"] = SCORES[finding.severity]
    rule: dict[str, Any] = {
        "id": finding.rule,
        "shortDescription": {"text": _plain(finding.title or finding.rule)},
        "help": {"text": _plain("\n".join([finding.title or finding.rule, *links]))},
        "properties": properties,
    }
    return rule | ({"helpUri": links[0]} if links else {})


def _result(finding: Finding, rule_index: int, inputs: dict[str, str]) -> dict[str, Any]:
    failed = finding.status is Status.FAIL
    by = "external" if finding.package else "inSource"  # a VEX document, or a line in a Dockerfile
    waived = {"suppressions": [{"kind": by, "justification": _plain(finding.waived)}]} if finding.waived else {}
    came = {"fromBase": finding.package.from_base} if finding.package else {}
    return waived | {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "kind": "fail" if failed else "review",
        "level": LEVELS[finding.severity] if failed else "none",
        "message": {"text": _plain(_advice(finding))},
        "locations": [_location(finding, inputs)],
        "partialFingerprints": {"seawall/v1": finding.id},
        "properties": {"severity": str(finding.severity), "kev": finding.kev, "epss": finding.epss, **came},
    }


def _advice(finding: Finding) -> str:
    """What is wrong and what to do about it."""
    if finding.change and finding.change.command:
        return f"{finding.message}\nFix: {finding.change.command}"
    if finding.fix and finding.fix.version and finding.package:
        return f"{finding.message}\nFix: upgrade {finding.package.name} to {finding.fix.version}"
    return finding.message


def _location(finding: Finding, inputs: dict[str, str]) -> dict[str, Any]:
    subject, package, location = finding.subject, finding.package, finding.location
    place: dict[str, Any]
    if location and location.file and not package:
        place = {"artifactLocation": {"uri": _file_uri(location.file)}}
        if location.line > 0:
            place["region"] = {"startLine": location.line}
    else:
        place = {"artifactLocation": {"uri": _file_uri(_input_of(subject, inputs) or subject.name)}}
    logical = {"name": subject.name, "kind": "resource", "fullyQualifiedName": f"{subject.kind}/{subject.name}"}
    if not package:
        return {"physicalLocation": place, "logicalLocations": [logical]}
    inside = {"name": package.name, "kind": "module", "fullyQualifiedName": package.path or package.purl}
    return {"physicalLocation": place, "logicalLocations": [inside, logical]}


def _inputs(report: Report) -> dict[str, str]:
    """The file that each cluster and image was read from, by its name."""
    images = sorted((image.name, image.file) for image in report.coverage.images)
    return dict(images) | dict(sorted((cluster.name, cluster.file) for cluster in report.coverage.clusters))


def _input_of(subject: Subject, inputs: dict[str, str]) -> str:
    if subject.kind == "fleet":
        return min(inputs.values(), default="")
    return inputs.get(subject.name.rpartition("/")[0] if subject.kind == "pool" else subject.name, "")


def _invocation(report: Report) -> dict[str, Any]:
    return {
        "executionSuccessful": report.verdict.exit_code != 2,
        "exitCode": report.verdict.exit_code,
        "toolExecutionNotifications": [_notification(entry) for entry in sorted(report.not_assessed)],
        "properties": {"passed": report.verdict.passed, "reasons": report.verdict.reasons},
    }


def _notification(entry: NotAssessed) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": _plain(f"Not assessed: {entry.what} at {entry.where}: {entry.why}")},
        "properties": {"what": entry.what, "where": entry.where, "why": entry.why},
    }


def _plain(text: str) -> str:
    """`text` that no viewer takes for an embedded link (SARIF 3.11.6)."""
    return text.replace("](", "] (")


def _file_uri(file: str) -> str:
    if file.startswith("azure:/"):  # a live resource: an address already
        return "azure:" + quote(file.removeprefix("azure:"))
    return ("file://" if file.startswith("/") else "") + quote(file.encode("utf-8", "backslashreplace"))
