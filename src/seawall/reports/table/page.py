"""The page: a section for each subject, then what is undecided, not assessed and covered, then the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seawall.model import Finding, NotAssessed, Report, Status, Subject
from seawall.reports.order import worst_first
from seawall.reports.style import PLAIN, Style
from seawall.reports.table.coverage import coverage, separate_settings
from seawall.reports.table.fleet import fleet
from seawall.reports.table.frameworks import frameworks
from seawall.reports.table.outdated import outdated
from seawall.reports.table.problems import problems, tally
from seawall.reports.table.text import count, listed, wrap
from seawall.safe.terminal import printable

VERDICTS = {0: "PASS", 1: "FAIL", 2: "NOT DONE"}
MOST_NAMES = 6
MOST_GAPS = 12

Groups = dict[Subject, list[Finding]]


def render(report: Report, style: Style = PLAIN) -> str:
    findings = worst_first(report.findings)
    waived = [finding for finding in findings if finding.waived]
    findings = [finding for finding in findings if not finding.waived]
    failed = _grouped(finding for finding in findings if finding.status is Status.FAIL)
    undecided = _grouped(finding for finding in findings if finding.status is Status.UNKNOWN)
    files = {item.name: item.file for item in report.coverage.clusters}
    files |= {item.name: item.file for item in report.coverage.images}
    sections = [list(_subject(subject, members, files, style)) for subject, members in failed.items()]
    if not failed and (findings or report.coverage.files):
        sections.append(["No problems found in what could be judged."])
    sections.append(list(_waived(waived, style)))
    sections.append(list(fleet(report.fleet, style)))
    sections.append(list(_undecided(undecided, separate_settings(report), style)))
    sections.append(list(outdated(report.outdated, style)))
    sections.append(list(_not_assessed(report.not_assessed, style)))
    sections.append(list(frameworks(report.frameworks, style)))
    sections.append(list(coverage(report, style)))
    sections.append([_verdict(report, style)])
    text = "\n\n".join("\n".join(lines) for lines in sections if lines)
    return "\n".join(line.rstrip() for line in text.split("\n")) + "\n"


def _grouped(findings: Iterable[Finding]) -> Groups:
    """By subject, a pool under its cluster; the subject of the worst finding first."""
    groups: Groups = {}
    for finding in findings:
        subject = finding.subject
        if subject.kind == "pool" and "/" in subject.name:
            subject = Subject(kind="cluster", name=subject.name.rpartition("/")[0])
        groups.setdefault(subject, []).append(finding)
    return groups


def _subject(subject: Subject, findings: list[Finding], files: dict[str, str], style: Style) -> Iterator[str]:
    file = files.get(subject.name)
    place = f" ({file})" if file and file != subject.name else ""
    title, *more = wrap(f"{printable(f'{subject.kind} {subject.name}{place}')}: {tally(findings)}", style.width, "  ")
    yield style.paint(title, "title")
    yield from more
    yield from problems(findings, style)


def _waived(findings: list[Finding], style: Style) -> Iterator[str]:
    """Every one of them, with its reason."""
    if findings:
        yield style.paint(f"Waived ({len(findings):,})", "title")
    for finding in findings:
        place = finding.location or finding.subject.name
        yield _item(printable(f"{finding.rule} at {place}: {finding.message}: {finding.waived}"), style)


def _undecided(groups: Groups, missing: dict[str, tuple[str, ...]], style: Style) -> Iterator[str]:
    """A line for the subjects of which the same is asked; one for what only separate resources could answer."""
    if groups:
        yield style.paint(f"Undecided ({sum(map(len, groups.values())):,})", "title")
    alike: dict[tuple[str, int, str], list[str]] = {}
    separate: Groups = {}
    askers: dict[str, list[str]] = {}
    for subject, findings in groups.items():
        for field in {finding.field for finding in findings if subject.kind == "image"}:
            askers.setdefault(field, []).append(subject.name)
    for subject, findings in sorted(groups.items()):
        elsewhere = missing.get(subject.name, ())
        there = [finding for finding in findings if finding.field not in elsewhere]
        for asked in _asked(there, askers):
            alike.setdefault((subject.kind, len(asked), _fields(asked, style)), []).append(printable(subject.name))
        if len(there) < len(findings):
            separate[subject] = [finding for finding in findings if finding.field in elsewhere]
    for (kind, number, fields), names in alike.items():
        each = " each" if len(names) > 1 else ""
        who = f"{printable(kind)} {listed(names, 0 if style.verbose else MOST_NAMES)}"
        yield _item(f"{who}: {count(number, 'question')}{each}, on {fields}", style)
    if separate:
        findings = [finding for found in separate.values() for finding in found]
        what = f"{count(len(findings), 'question')} on {count(len(separate), 'cluster')}"
        yield _item(f"{what}, on settings that are separate resources: {_fields(findings, style)}", style)


def _asked(findings: list[Finding], askers: dict[str, list[str]]) -> list[list[Finding]]:
    """The questions of an image by who else asks them, so that one of every image is told once."""
    parts: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        parts.setdefault(tuple(askers.get(finding.field, ())), []).append(finding)
    return list(parts.values())


def _fields(findings: list[Finding], style: Style) -> str:
    names = sorted({printable(finding.field or finding.rule) for finding in findings})
    return listed(names, 0 if style.verbose else MOST_NAMES)


def _not_assessed(entries: Iterable[NotAssessed], style: Style) -> Iterator[str]:
    """One line for each kind of gap, with its first place; every one of them where `verbose`."""
    gaps: dict[tuple[str, ...], list[NotAssessed]] = {}
    for entry in sorted(entries):
        gaps.setdefault((entry.what, entry.why, entry.where if style.verbose else ""), []).append(entry)
    if gaps:
        yield style.paint(f"Not assessed ({sum(map(len, gaps.values())):,})", "title")
    shown = list(gaps.values())[: None if style.verbose else MOST_GAPS]
    for alike in shown:
        more = f" and {len(alike) - 1:,} more" if len(alike) > 1 else ""
        yield _item(printable(f"{alike[0].what}, {alike[0].where}{more}: {alike[0].why}"), style)
    if len(shown) < len(gaps):
        yield _item(f"… and {count(len(gaps) - len(shown), 'other kind')}; --verbose lists all", style)


def _item(text: str, style: Style) -> str:
    return "  " + "\n".join(wrap(text, style.width, "    "))


def _verdict(report: Report, style: Style) -> str:
    """One line however long, so that it stays the last."""
    word = VERDICTS.get(report.verdict.exit_code, "FAIL")
    reasons = "; ".join(map(printable, report.verdict.reasons))
    return style.paint(word, word) + (f": {reasons}" if reasons else "")
