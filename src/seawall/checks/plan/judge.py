"""Ask every rule of every change of a plan."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seawall.checks.check import Check, Price
from seawall.checks.plan.rule import Facts, Rule, Said
from seawall.checks.run import run
from seawall.model import Cluster, Finding, Subject
from seawall.sources.clusters.terraform.changes import Change


def judge(
    changes: Iterable[Change],
    rules: Sequence[Rule],
    checks: Sequence[Check],
    *,
    today: datetime.date,
    price: Price,
) -> tuple[Finding, ...]:
    """What is wrong with the changes. `checks` of single clusters are asked of each cluster before and after."""
    singly = [check for check in checks if check.kind != "fleet"]

    def asked(cluster: Cluster) -> tuple[Finding, ...]:
        return run([cluster], singly, today=today, cost=price).findings

    found: list[Finding] = []
    for change in changes:
        facts = Facts(price=price)
        if not change.pool and change.before and change.after:
            after = msgspec.structs.replace(change.after, name=change.before.name)
            facts = Facts(price=price, before=asked(change.before), after=asked(after))
        found += (_finding(rule, said, change) for rule in rules for said in rule.function(change, facts))
    return tuple(_told_once(found))


def _finding(rule: Rule, said: Said, change: Change) -> Finding:
    pool = said.pool or change.pool
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=said.severity or rule.severity,
        status=said.status,
        subject=Subject(kind="pool", name=f"{change.name}/{pool}")
        if pool
        else Subject(kind="cluster", name=change.name),
        field=said.field,
        message=said.message,
        location=said.location or change.location,
        change=said.change,
        refs=rule.refs,
    )


def _told_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What has one identity is one finding: the worst of them, with what all of them say."""
    alike: dict[str, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(finding.id, []).append(finding)
    for members in alike.values():
        worst = min(members, key=lambda finding: (finding.status, -finding.severity))
        said = [finding.message for finding in members if finding.status is worst.status]
        yield msgspec.structs.replace(worst, message="; ".join(dict.fromkeys(said)))
