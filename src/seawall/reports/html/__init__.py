"""One page for people who read no terminal: self-contained, in light and dark, fit for a phone and for paper.

Its script filters; without it the whole report is there. Nothing is loaded from anywhere, and the page forbids it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from seawall.model import Cost, Finding, Report, Severity, Status
from seawall.reports.html.estate import advisories, estate, frameworks, gaps, not_assessed, undecided
from seawall.reports.html.fleet import fleet
from seawall.reports.html.markup import bar, esc, severities
from seawall.reports.html.outdated import outdated
from seawall.reports.html.problems import checks, filters, packages
from seawall.reports.html.waived import waived
from seawall.reports.order import worst_first
from seawall.reports.style import PLAIN, Style
from seawall.reports.table.problems import COSTS
from seawall.version import __version__

__all__ = ["render"]

VERDICTS = {
    0: ("pass", "PASS", "Nothing fails the gate"),
    1: ("fail", "FAIL", "The gate failed"),
    2: ("undone", "NOT DONE", "The work could not be done"),
}
MARK = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'aria-hidden="true">'
    '<path d="M4 3h16v8H4zM9.5 3v4M14.5 7v4M4 7h16"/><path d="M2 16c2.5-2 4-2 6.5 0s4 2 6.5 0 4-2 7 0M2 20.5c2.5-2 '
    '4-2 6.5 0s4 2 6.5 0 4-2 7 0"/></svg>'
)


def render(report: Report, style: Style = PLAIN) -> str:
    everything = worst_first(report.findings)
    findings = [finding for finding in everything if not finding.waived]
    accepted = [finding for finding in everything if finding.waived]
    sections = {
        "estate": estate(report, findings),
        "fleet": fleet(report.fleet),
        "problems": checks(findings),
        "vulnerabilities": packages(findings),
        "outdated": outdated(report.outdated),
        "waived": waived(accepted),
        "frameworks": frameworks(report.frameworks),
        "undecided": undecided(findings),
        "not-assessed": not_assessed(report.not_assessed),
        "advisories": advisories(report),
    }
    found = {key: body for key, body in sections.items() if body}
    bar_of_filters = filters(everything, report.outdated or ())
    main = "".join(bar_of_filters + body if key == _first_filtered(found) else body for key, body in found.items())
    if not any(finding.status is Status.FAIL for finding in findings):
        seen = findings or report.coverage.files
        said = "No problems found in what could be judged." if seen else "Nothing was found to assess."
        main = f'<p class="lead empty">{said}</p>\n{main}'
    top = f"{_head()}{_band(report, style)}{_nav(found, report, findings, len(accepted))}"
    page = f"{top}<main>\n{_cards(report, findings)}\n{main}{_foot()}"
    return "\n".join(line.rstrip() for line in page.split("\n")) + "\n"


def _first_filtered(sections: dict[str, str]) -> str:
    return next((key for key in ("problems", "vulnerabilities", "outdated", "waived") if key in sections), "")


def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8").strip()


def _script() -> str:
    return f"\n{_file('page.js')}\n"


def _head() -> str:
    digest = base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<meta name="generator" content="seawall {__version__}">\n<title>Seawall report</title>\n'
        f"<style>\n{_file('page.css')}\n</style>\n</head>\n"
    )


def _band(report: Report, style: Style) -> str:
    kind, verdict, headline = VERDICTS.get(report.verdict.exit_code, VERDICTS[1])
    reasons = "".join(f"<li>{esc(reason)}</li>" for reason in report.verdict.reasons)
    when = f"<time>{style.now:%Y-%m-%d %H:%M} UTC</time>" if style.now else ""
    return (
        f'<body class="{kind}">\n<header class="band"><div>\n<div class="brand">{MARK}<b>Seawall</b>'
        f"<span>fit to run, what is not, and the cheapest way to fix it</span>{when}</div>\n"
        f'<h1><span class="word">{verdict}</span> {headline}</h1>\n'
        f'<ul class="reasons">{reasons}</ul>\n</div></header>\n'
    )


def _nav(found: dict[str, str], report: Report, findings: Sequence[Finding], accepted: int) -> str:
    seen = report.coverage
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    entries: dict[str, tuple[str, int]] = {
        "estate": ("Estate", len(seen.clusters) + len(seen.images) + len(seen.dockerfiles)),
        "fleet": ("Fleet", len(report.fleet)),
        "problems": ("Problems", sum(finding.package is None for finding in failed)),
        "vulnerabilities": ("Vulnerabilities", sum(finding.package is not None for finding in failed)),
        "outdated": ("Newer versions", len(report.outdated or ())),
        "waived": ("Waived", accepted),
        "frameworks": ("Frameworks", len(report.frameworks)),
        "undecided": ("Undecided", len(findings) - len(failed)),
        "not-assessed": ("Not assessed", len(report.not_assessed)),
        "advisories": ("Advisories", len(seen.advisories)),
    }
    links = "".join(f'<a href="#{key}">{entries[key][0]} <b>{entries[key][1]:,}</b></a>' for key in found)
    return f"<nav><div>{links}</div></nav>\n" if links else ""


def _cards(report: Report, findings: Sequence[Finding]) -> str:
    cards = [
        f'<div class="card"><h3>{title}</h3><div class="big">{number} <small>{what}</small></div>{rest}</div>'
        for title, number, what, rest in _numbers(report, findings)
    ]
    return f'<div class="cards">{"".join(cards)}</div>' if cards else ""


def _numbers(report: Report, findings: Sequence[Finding]) -> Iterator[tuple[str, str, str, str]]:
    """Title, number, its noun, and what is below, in HTML."""
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    if failed:
        told = severities({each: sum(finding.severity is each for finding in failed) for each in Severity})
        yield "What is wrong", f"{len(failed):,}", "findings", bar(told) + _key(told)
    changes = [finding.change for finding in failed if finding.change]
    if changes:
        numbers = [(str(each), sum(change.cost is each for change in changes)) for each in Cost]
        easy = sum(change.cost <= Cost.RESTART for change in changes)
        words = {str(each): text for each, text in COSTS.items()}
        title = "What mending costs"
        yield title, f"{easy / len(changes):.0%}", "touch no node", bar(numbers) + _key(numbers, words)
    seen = report.coverage
    if seen.clusters or seen.images or seen.dockerfiles:
        things = [("clusters", len(seen.clusters)), ("images", len(seen.images))]
        things += [("Dockerfiles", len(seen.dockerfiles))]
        things += [
            ("groups of clusters", len(report.fleet)),
            ("packages", sum(image.packages for image in seen.images)),
        ]
        passed = sum(each.passed for each in seen.clusters) + sum(each.passed for each in seen.dockerfiles)
        things += [("checks passed", passed)]
        yield "What was read", f"{seen.files:,}", "file" if seen.files == 1 else "files", _key(things)
    if unknown := [(what, number) for what, number in gaps(report) if number]:
        number = sum(number for what, number in unknown if "settings" not in what)
        yield "What is not known", f"{number:,}", "open", _key(unknown)


def _key(parts: Sequence[tuple[str, int]], words: dict[str, str] | None = None) -> str:
    plain = any(" " in name for name, _ in parts)
    rows = "".join(
        f"{'' if plain else f'<i class={name}></i>'}<span>{(words or {}).get(name, name)}</span><b>{number:,}</b>"
        for name, number in parts
        if number
    )
    return f'<div class="key{" plain" if plain else ""}">{rows}</div>'


def _foot() -> str:
    return (
        f"<footer>Written by Seawall {__version__}. Words in CAPITALS in a command are yours to fill in. "
        "<code>seawall explain ID</code> has the page of every check.</footer>\n</main>\n"
        f"<script>{_script()}</script>\n</body>\n</html>"
    )
