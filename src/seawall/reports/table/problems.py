"""The problems of one subject: failed checks first, then a line for each vulnerable package."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.model import Cost, Finding, FixState, Severity
from seawall.reports.style import Style
from seawall.reports.table.text import columns, cut, cut_start, listed, pad, wrap
from seawall.safe.terminal import printable

SEVERITY_COLUMN = 10
WIDE = 120
HEADING = ("package", "installed", "remedy", "vulnerabilities", "layer")
LEAST = (16, 8, 22, 21, 8)
MOST_FILES = 8

COSTS = {
    Cost.IN_PLACE: "in place",
    Cost.RESTART: "with a restart",
    Cost.REIMAGE: "reimages every pool",
    Cost.NEW_POOL: "new node pool",
    Cost.NEW_CLUSTER: "new cluster",
    Cost.UNKNOWN: "cost unknown",
}


def problems(findings: list[Finding], style: Style) -> Iterator[str]:
    """Lines for findings of one subject that come worst first."""
    checks = [finding for finding in findings if finding.package is None]
    widest = max((columns(printable(finding.rule)) for finding in checks), default=0)
    for alike in _alike(checks, style):
        yield from _check(alike, min(widest, 24), style)
    packages: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if package := finding.package:
            packages.setdefault((package.purl, package.name, package.version), []).append(finding)
    yield from _packages(list(packages.values()), style)


def tally(findings: list[Finding]) -> str:
    """`1 critical, 2 high`."""
    numbers = dict.fromkeys(reversed(Severity), 0)
    for finding in findings:
        numbers[finding.severity] += 1
    return ", ".join(f"{number:,} {_word(severity)}" for severity, number in numbers.items() if number)


def _word(severity: Severity) -> str:
    return "unscored" if severity is Severity.UNKNOWN else str(severity)


def _severity(severity: Severity, style: Style) -> str:
    """Painted and padded by hand: the colour codes take no columns."""
    word = _word(severity)
    return "  " + style.paint(word.upper(), str(severity)) + " " * (SEVERITY_COLUMN - len(word))


def _alike(checks: list[Finding], style: Style) -> list[list[Finding]]:
    """What one rule says of files of an image goes together; each by itself where `verbose`."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in checks:
        file = finding.subject.kind == "image" and f"/{finding.field}" in finding.message and not style.verbose
        groups.setdefault((finding.severity, finding.rule, "" if file else finding.id), []).append(finding)
    return list(groups.values())


def _check(alike: list[Finding], id_column: int, style: Style) -> Iterator[str]:
    finding = alike[0]
    start = pad(cut(printable(finding.rule), id_column), id_column) + "  "
    indent = " " * (2 + SEVERITY_COLUMN + columns(start))
    sentence = _sentence(finding) if len(alike) == 1 else _files(alike)
    first, *more = wrap(printable(sentence), style.width, indent)
    yield _severity(finding.severity, style) + start + first
    yield from more
    change = finding.change
    if change and change.command:
        yield f"{indent}fix: {printable(change.command)}"
    if change and change.note and (style.verbose or not change.command):
        yield indent + "\n".join(wrap(f"note: {printable(change.note)}", style.width, indent))
    if style.verbose and finding.location:
        yield f"{indent}at: {printable(str(finding.location))}"


def _files(alike: list[Finding]) -> str:
    """`/usr/bin/mount is setuid of user 0 (mode 4755); 2 more like it: /usr/bin/passwd, /usr/bin/su`."""
    others = listed([f"/{finding.field}" for finding in alike[1:]], MOST_FILES)
    return f"{alike[0].message}; {len(alike) - 1:,} more like it: {others}"


def _sentence(finding: Finding) -> str:
    """`no host encryption (pool np1, pool.host_encryption) [new node pool]`."""
    subject, change = finding.subject, finding.change
    pool = f"pool {subject.name.rpartition('/')[2]}" if subject.kind == "pool" else ""
    where = ", ".join(filter(None, (pool, finding.field)))
    if subject.kind == "dockerfile" and finding.location:  # its field is made of the line's words
        where = f"line {finding.location.line}"
    one_way = ", one-way" if change and change.one_way else ""
    return " ".join(
        [
            finding.message,
            *([f"({where})"] if where else []),
            *([f"[{_cost(finding, change.cost)}{one_way}]"] if change else []),
        ]
    )


def _cost(finding: Finding, cost: Cost) -> str:
    return "reimages the pool" if cost is Cost.REIMAGE and finding.subject.kind == "pool" else COSTS[cost]


def _packages(packages: list[list[Finding]], style: Style) -> Iterator[str]:
    """A line each, under a heading; columns give way where the width is short, and names keep their end."""
    if not packages:
        return
    rows = [HEADING, *(_cells(flaws, style) for flaws in packages)]
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    indent = " " * (2 + SEVERITY_COLUMN)
    room = max(style.width - len(indent), 20) if style.width and not style.verbose else 0
    if room:
        widths = _fitted(widths, room - 2 * (len(widths) - 1))
    starts = [indent, *(_severity(max(flaw.severity for flaw in flaws), style) for flaws in packages)]
    for start, (name, *others), flaws in zip(starts, rows, [[], *packages], strict=True):
        cells = [
            cut_start(name, widths[0]),
            *(cut(cell, width) for cell, width in zip(others, widths[1:], strict=True)),
        ]
        line = "  ".join(pad(cell, width) for cell, width in zip(cells, widths, strict=True))
        yield start + cut(line.rstrip(), room)
        if style.verbose:
            yield from _details(flaws, indent, style)


def _fitted(widths: list[int], room: int) -> list[int]:
    """Take columns from whoever has most to spare, until all fit or all are at their least."""
    spare = [max(width - least, 0) for width, least in zip(widths, LEAST, strict=True)]
    for _ in range(min(sum(widths) - room, sum(spare))):
        spare[spare.index(max(spare))] -= 1
    return [min(width, least) + left for width, least, left in zip(widths, LEAST, spare, strict=True)]


def _cells(flaws: list[Finding], style: Style) -> tuple[str, ...]:
    """As HEADING names them."""
    package = flaws[0].package
    assert package is not None
    exploited = "KEV " if any(flaw.kev for flaw in flaws) else ""
    ids = listed([printable(flaw.rule) for flaw in flaws], 1 if 0 < style.width <= WIDE else 3)
    layer = printable(package.layer.removeprefix("sha256:")[:8])
    return printable(package.name), printable(package.version), remedy(flaws), exploited + ids, layer


def remedy(flaws: list[Finding]) -> str:
    """`upgrade to 2.17.1; 2 without a known fix`, or why there is nothing to upgrade to."""
    fixes = [flaw.fix for flaw in flaws if flaw.fix and flaw.fix.state is FixState.FIXED]
    if not fixes:
        states = {flaw.fix.state if flaw.fix else FixState.UNKNOWN for flaw in flaws}
        if FixState.SUBSCRIPTION in states:
            return "fix for subscribers only"
        if states == {FixState.WILL_NOT_FIX}:
            return "will not be fixed"
        return "no fix known" if states == {FixState.UNKNOWN} else "no fix yet"
    paid = sum(flaw.fix is not None and flaw.fix.state is FixState.SUBSCRIPTION for flaw in flaws)
    unfixed = f"; {paid} for subscribers only" if paid else ""
    if left := len(flaws) - len(fixes) - paid:
        unfixed += f"; {left} without a known fix"
    package = flaws[0].package
    versions = tuple(sorted({fix.version for fix in fixes if fix.version}))
    if len(versions) > 1 and package and package.upgrade:
        versions = (package.upgrade,)
    verb = "upgrade to" if len(versions) == 1 else "fixed in" if versions else "a fix exists"
    return printable(f"{verb} {', '.join(versions)}".rstrip()) + unfixed


def _details(flaws: list[Finding], indent: str, style: Style) -> Iterator[str]:
    packages = [flaw.package for flaw in flaws if flaw.package]
    for place in sorted({package.path for package in packages if package.path}):
        yield f"{indent}in: {printable(place)}"
    for layer in sorted({package.layer for package in packages if package.layer}):
        yield f"{indent}layer: {printable(layer)}"
    for flaw in flaws:
        said = f"{flaw.rule} {_word(flaw.severity)}, {remedy([flaw])}: {flaw.title}"
        yield indent + "\n".join(wrap(printable(said), style.width, indent + "  "))
