"""One order of findings for every format, whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterable

from seawall.model import Finding


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, exploited ones first, then by subject, rule and field; `repr` settles what those leave equal."""
    return sorted(findings, key=lambda f: (-f.severity, not f.kev, f.subject, f.rule, f.field, repr(f)))
