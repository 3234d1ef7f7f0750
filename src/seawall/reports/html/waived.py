"""What someone accepts: a fold for each reason, which says whose it is, a row for each finding."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.model import Finding
from seawall.reports.html.markup import badge, count, esc, section, table, word

MOST_OPEN = 10


def waived(findings: Sequence[Finding]) -> str:
    """`findings` are those that are waived."""
    reasons: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        reasons.setdefault((_whose(finding), finding.waived), []).append(finding)
    folds = "\n".join(_reason(whose, reason, members) for (whose, reason), members in reasons.items())
    lead = (
        "Found, and accepted by someone for the reason given. These do not fail the gate, and are in no other section."
    )
    return section("waived", "Waived", lead, f'<div class="holder">{folds}</div>' if folds else "")


def _whose(finding: Finding) -> str:
    if finding.package:
        return "VEX statement"
    return "comment in the file" if finding.subject.kind == "dockerfile" else "waiver"


def _reason(whose: str, reason: str, findings: Sequence[Finding]) -> str:
    opened = " open" if len(findings) <= MOST_OPEN else ""
    return (
        f'<details class="g f card"{opened}><summary><span class="tag">{whose}</span>'
        f'<span class="title">{esc(reason)}</span>'
        f'<span class="side"><span><span class="n"></span>{count(len(findings), "finding")}</span></span></summary>\n'
        f'<div class="body">{table(("severity", "what is waived", "where"), map(_row, findings))}</div></details>'
    )


def _row(finding: Finding) -> str:
    package = finding.package
    place = package.path if package else str(finding.location or finding.field)
    where = place if finding.subject.kind == "dockerfile" else finding.subject.name
    below = "" if where == place else f"<small>{esc(place)}</small>"
    return (
        f'<tr class="r" data-s="{word(finding.severity)}" data-k="{esc(finding.subject.kind)}">'
        f'<td>{badge(finding.severity)}</td><td class="what">{esc(finding.message)}'
        f'<small class="mono">{esc(finding.rule)}</small></td><td class="who">{esc(where)}{below}</td></tr>'
    )
