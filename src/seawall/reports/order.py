"""One order of findings for every format, whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterable

from seawall.model import Finding


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The risk order of docs/risk.md: exploited, then by severity, likelihood of an exploit, and fixable before not.

    Then by subject, rule and field; `repr` settles what those leave equal.
    """
    return sorted(findings, key=lambda f: (*risk(f), f.subject, f.rule, f.field, repr(f)))


def risk(finding: Finding) -> tuple[bool, int, float, bool]:
    """What sorts the greatest risk first."""
    return not finding.kev, -finding.severity, -(finding.epss or 0.0), not finding.fixable
