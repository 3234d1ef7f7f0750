"""AKS-PLN-004."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seawall.checks.plan.rule import Facts, Said, rule
from seawall.model import Cluster, Finding, Pool, Severity, Status, is_known
from seawall.model.paths import get
from seawall.sources.clusters.terraform.changes import Change


@rule(
    "AKS-PLN-004",
    severity=Severity.HIGH,
    refs=["https://learn.microsoft.com/azure/well-architected/security/harden-resources"],
)
def weaker(change: Change, facts: Facts) -> Iterator[Said]:
    """The plan makes a security setting weaker.

    ## Why it matters
    A check that the cluster passes today would fail after this plan. A protection that is there was paid for, and what
    relies on it is running; taking it away is seldom what the change is about.

    ## Fix
    Keep the setting in the configuration; `seawall explain` of the check that is named tells what it protects. Where it
    was there only because somebody set it outside of Terraform, write it down. A setting that is itself made weaker is
    told with high severity at least; one that stays as it is and begins to matter, with that of its check.
    """
    had = _worst(facts.before)
    subjects = {subject for _, subject in had} | _pools_before(change)
    for (rule_id, subject), finding in _worst(facts.after).items():
        old = had.get((rule_id, subject)) or (None if subject in subjects else _any(facts.before, rule_id))
        pool = finding.subject.name.rpartition("/")[2] if finding.subject.kind == "pool" else ""
        if old is None or (_fails(old) and _fails(finding) and finding.severity > old.severity):
            how = "is passed now and would fail" if old is None else "would be worse than now"
            yield _said(finding, pool, how, itself=_differs(change, finding.field, pool))
        elif _fails(finding) and not _fails(old):
            message = f"cannot be decided whether weaker: {rule_id} would fail ({finding.message}); now: {old.message}"
            yield Said(message=message, field=finding.field, status=Status.UNKNOWN, pool=pool)


def _differs(change: Change, field: str, pool: str) -> bool:
    """False where the setting stays as it is, and only begins to matter because of another."""
    if not change.before or not change.after or "." not in field:
        return True
    sides = [(cluster, _named(cluster, pool)) for cluster in (change.before, change.after)]
    if field.startswith("pool.") and not all(found for _, found in sides):
        return True
    old, new = (get(cluster, field, found) for cluster, found in sides)
    return bool(old != new)


def _named(cluster: Cluster, name: str) -> Pool | None:
    return next((pool for pool in cluster.pools if pool.name == name), None) if is_known(cluster.pools) else None


def _said(finding: Finding, pool: str, how: str, *, itself: bool = True) -> Said:
    """`itself`: the setting is what gets weaker; else it keeps the severity that its check gives it."""
    if not _fails(finding):
        message = f"cannot be decided whether weaker: {finding.rule} is passed now; after the plan it {finding.message}"
        return Said(message=message, field=finding.field, status=Status.UNKNOWN, pool=pool)
    return Said(
        message=f"{finding.rule} ({finding.title}) {how}: {finding.message}",
        field=finding.field,
        severity=max(Severity.HIGH, finding.severity) if itself else finding.severity,
        pool=pool,
        change=finding.change,
        location=finding.location,
    )


def _worst(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """The worst finding of every check that is not passed, by check and subject."""
    ranked = sorted(findings, key=lambda finding: (_fails(finding), finding.severity))
    return {(finding.rule, finding.subject.name): finding for finding in ranked}


def _any(findings: Iterable[Finding], rule_id: str) -> Finding | None:
    """For a pool that is new: what the check says of the others, for one like them makes nothing weaker."""
    return next((finding for (rule, _), finding in _worst(findings).items() if rule == rule_id), None)


def _pools_before(change: Change) -> set[str]:
    cluster = change.before
    if cluster is None:
        return set()
    pools = cluster.pools if isinstance(cluster.pools, tuple) else ()
    return {cluster.name, *(f"{cluster.name}/{pool.name}" for pool in pools)}


def _fails(finding: Finding) -> bool:
    return finding.status is Status.FAIL
