"""One pure function per format, from a report to text; loaded when it is asked for."""

from __future__ import annotations

import importlib

from seawall.errors import UsageError
from seawall.model import Report
from seawall.reports.style import PLAIN, Style

__all__ = ["FORMATS", "Style", "render"]

FORMATS = {
    "table": "for people: worst first, one line a problem, what to do about each",
    "html": "one page for people who read no terminal: filters, fleet matrix, light and dark, fit to print",
    "json": "for programs: everything, as its published schema says",
    "sarif": "for code scanning: SARIF 2.1.0",
    "cyclonedx": "an SBOM with vulnerabilities: CycloneDX 1.6 JSON",
    "spdx": "an SBOM: SPDX 2.3 JSON",
}
"""Each format is the module of its name in this room, with a `render(report, style)`."""


def render(report: Report, name: str, style: Style = PLAIN) -> str:
    """The report in one format, ending in a newline. Raises UsageError for a format that does not exist."""
    if name not in FORMATS:
        raise UsageError(f"there is no report format {name!r}", hint=f"choose one of {', '.join(FORMATS)}")
    text: str = importlib.import_module(f"seawall.reports.{name}").render(report, style)
    return text
