"""What was looked at and what was not: the estate, frameworks, open questions, gaps and advisories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from seawall.model import (
    ClusterCoverage,
    ControlResult,
    ControlStatus,
    DockerfileCoverage,
    Finding,
    FrameworkResult,
    ImageCoverage,
    NotAssessed,
    Report,
    Severity,
    Status,
    Subject,
)
from seawall.reports.html.images import image
from seawall.reports.html.markup import bar, count, esc, names, section, severities, table

MOST_ROWS = 10

STATUSES = {
    ControlStatus.FAIL: ("no", "fails"),
    ControlStatus.UNDECIDED: ("open", "undecided"),
    ControlStatus.PASS: ("ok", "passes"),
    ControlStatus.NOT_DECIDABLE: ("soft", "not decidable"),
}


Thing = ClusterCoverage | ImageCoverage | DockerfileCoverage


def by_subject(findings: Sequence[Finding]) -> dict[Subject, dict[Severity, int]]:
    """Failures by the cluster, image or Dockerfile, a pool's with its cluster's."""
    numbers: dict[Subject, dict[Severity, int]] = {}
    for finding in findings:
        if finding.status is Status.FAIL:
            owner = finding.subject
            if owner.kind == "pool":
                owner = Subject(kind="cluster", name=owner.name.rpartition("/")[0])
            told = numbers.setdefault(owner, {})
            told[finding.severity] = told.get(finding.severity, 0) + 1
    return numbers


def estate(report: Report, findings: Sequence[Finding]) -> str:
    """A row for each cluster, image and Dockerfile, the worst first; those after MOST_ROWS behind a fold."""
    seen, numbers = report.coverage, by_subject(findings)
    all_things: tuple[Thing, ...] = (*seen.clusters, *seen.images, *seen.dockerfiles)
    things = [(_subject(each), each) for each in all_things]
    things.sort(key=lambda each: (_weight(numbers.get(each[0], {})), each[0].name, each[1].file))
    checked = any(each.package is None and each.status is Status.FAIL for each in findings)
    found = "problems" if checked else "vulnerabilities"
    rows = [_thing(subject, each, numbers.get(subject, {}), found) for subject, each in things]
    head = ("name", "problems", "what was told of it")
    body = f'<div class="card pad">{table(head, rows[:MOST_ROWS])}</div>' if rows else ""
    if len(rows) > MOST_ROWS:
        rest = table(head, rows[MOST_ROWS:])
        body += (
            '<details class="g card more"><summary><span></span>'
            f'<span class="title">{len(rows) - MOST_ROWS:,} more</span></summary>'
            f'<div class="pad">{rest}</div></details>'
        )
    lead = "Every cluster, image and Dockerfile that was read, the worst first."
    return section("estate", "Estate", lead, body)


def _subject(thing: Thing) -> Subject:
    if isinstance(thing, DockerfileCoverage):
        return Subject(kind="dockerfile", name=thing.file)
    return Subject(kind="cluster" if isinstance(thing, ClusterCoverage) else "image", name=thing.name)


def _weight(numbers: Mapping[Severity, int]) -> tuple[int, ...]:
    return tuple(-numbers.get(severity, 0) for severity in reversed(Severity))


def _thing(subject: Subject, thing: Thing, numbers: Mapping[Severity, int], found: str) -> str:
    """`found` is the section that the link to its problems leads to."""
    told = severities(numbers)
    tally = "".join(f'<span class="{kind}">{number:,} {kind}</span>' for kind, number in told if number)
    problems = (
        f'<div class="counts">{tally}</div>{bar(told, "mini")}' if tally else '<span class="word ok">none found</span>'
    )
    name = esc(subject.name)
    find = f' <a class="find" href="#{found}" data-find="{name}"><small>show</small></a>' if tally else ""
    file = f"<small>{esc(thing.file)}</small>" if thing.file != subject.name else ""
    return f'<tr><td class="who">{name}{find}{file}</td><td>{problems}</td><td>{_told(thing)}</td></tr>'


def _told(thing: Thing) -> str:
    if isinstance(thing, ImageCoverage):
        return image(thing)
    if isinstance(thing, DockerfileCoverage):
        what = f"Dockerfile of {count(thing.instructions, 'instruction')} in {count(thing.stages, 'stage')}"
    else:
        share = thing.known / max(thing.known + thing.unknown, 1)
        what = f"{share:.0%} of {thing.known + thing.unknown:,} settings known"
    return (
        f"{what}<small>{thing.passed:,} checks passed, {thing.failed:,} failed, {thing.undecided:,} undecided</small>"
    )


def frameworks(results: Sequence[FrameworkResult]) -> str:
    cards = []
    for result in results:
        order = {status: number for number, status in enumerate(STATUSES)}
        controls = sorted(result.controls, key=lambda control: order[control.status])
        tallies = ", ".join(
            f"{number} {STATUSES[status][1]}"
            for status in STATUSES
            if (number := sum(control.status is status for control in result.controls))
        )
        head = ("control", "", "verdict", "clusters, groups or images")
        cards.append(
            f'<details class="g card" open><summary><span class="tag">framework</span><span class="title">'
            f"{esc(result.title)} <small>{esc(result.version)}</small></span>"
            f'<span class="side">{tallies}</span></summary>'
            f'<div class="body">{table(head, map(_control, controls))}</div></details>'
        )
    return section("frameworks", "Frameworks", "", "\n".join(cards))


def _control(control: ControlResult) -> str:
    kind, verdict = STATUSES[control.status]
    parts = (("fail", control.failed), ("undecided", control.undecided), ("pass", control.passed))
    numbers = ", ".join(f"{number:,} {what}" for what, number in parts if number)
    checks = f"<small>{esc(', '.join(control.checks))}</small>" if control.checks else ""
    reason = f"<small>{esc(control.reason)}</small>" if control.reason else ""
    return (
        f'<tr><td class="mono">{esc(control.id)}</td><td>{esc(control.title)}{checks}</td>'
        f'<td><span class="word {kind}">{verdict}</span></td><td>{numbers}{reason}</td></tr>'
    )


def undecided(findings: Sequence[Finding]) -> str:
    """A row for each question, with the clusters of which it is asked."""
    asked: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        if finding.status is Status.UNKNOWN:
            asked.setdefault((finding.rule, finding.title, finding.field), []).append(finding.subject.name)
    rows = [
        f'<tr><td class="mono">{esc(rule)}</td><td>{esc(title.rstrip("."))}<small>{esc(field)}</small></td>'
        f'<td class="num" data-l="asked of">{len(subjects):,}</td><td>{names(sorted(set(subjects)))}</td></tr>'
        for (rule, title, field), subjects in sorted(asked.items())
    ]
    lead = "The input does not say what decides these. They are neither passed nor failed."
    body = f'<div class="card pad">{table(("check", "what it looks for", "#asked", "of"), rows)}</div>' if rows else ""
    return section("undecided", "Undecided", lead, body)


def not_assessed(entries: Sequence[NotAssessed]) -> str:
    """A row for each kind of gap, with every place."""
    gaps: dict[tuple[str, str], list[str]] = {}
    for entry in sorted(entries):
        gaps.setdefault((entry.what, entry.why), []).append(entry.where)
    rows = [
        f'<tr><td class="who">{esc(what)}</td><td>{esc(why)}</td><td class="num">{len(places):,}</td>'
        f"<td>{names(places, 3)}</td></tr>"
        for (what, why), places in gaps.items()
    ]
    lead = "Found, and not looked at. Nothing is said of these, and silence is not safety."
    body = f'<div class="card pad">{table(("what", "why", "#times", "where"), rows)}</div>' if rows else ""
    return section("not-assessed", "Not assessed", lead, body)


def advisories(report: Report) -> str:
    feeds = sorted(report.coverage.advisories, key=lambda feed: (feed.newest or feed.imported, feed.source))
    rows = [
        f'<tr><td class="who">{esc(feed.source)}</td><td class="num" data-l="records">{feed.records:,}</td>'
        f"<td>{esc((feed.newest or feed.imported)[:10]) or 'of unknown date'}</td></tr>"
        for feed in feeds
    ]
    body = f'<div class="card pad">{table(("source", "#records", "newest"), rows)}</div>' if rows else ""
    lead = "What vulnerabilities were looked up in, the oldest first." if rows else ""
    return section("advisories", "Advisories", lead, body)


def gaps(report: Report) -> Iterator[tuple[str, int]]:
    """What is not known, in numbers."""
    yield "undecided questions", sum(finding.status is Status.UNKNOWN for finding in report.findings)
    yield "things not assessed", len(report.not_assessed)
    yield "settings not in the input", sum(cluster.unknown for cluster in report.coverage.clusters)
