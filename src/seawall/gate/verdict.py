"""The gate: what was found and what was not looked at, judged by a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized

import msgspec

from seawall.model import Finding, FixState, NotAssessed, Severity, Status, Verdict


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What fails the gate.

    Every failed check and every vulnerability of `fail_on` or worse does; with `only_fixable`, a vulnerability only
    where a fixed version is known. With `fail_on_unknown`, so does whatever could not be decided, scored or assessed.
    """

    fail_on: Severity = Severity.HIGH
    only_fixable: bool = True
    fail_on_unknown: bool = False


DEFAULT = Policy()


def judge(
    findings: Sequence[Finding],
    not_assessed: Sequence[NotAssessed],
    policy: Policy = DEFAULT,
    *,
    failed: Sequence[str] = (),
) -> Verdict:
    """The verdict, with the reasons that fail the gate first.

    `failed` are sentences on work that could not be done: then no verdict can be clean, and the exit code is 2.
    """
    waived = [finding for finding in findings if finding.waived]
    findings = [finding for finding in findings if not finding.waived]
    severe = [finding for finding in findings if _is_severe(finding, policy)]
    unfixed = [finding for finding in severe if policy.only_fixable and not finding.fixable and not _untold(finding)]
    counted = [finding for finding in severe if not policy.only_fixable or finding.fixable]
    open_questions = tuple(_open_questions(findings, not_assessed, policy))
    reasons = (*_failures(counted, policy), *open_questions, *_unfixed(unfixed, policy), *_waived(waived))
    if failed:
        return Verdict(passed=False, exit_code=2, reasons=(*failed, *reasons))
    if counted or (policy.fail_on_unknown and open_questions):
        return Verdict(passed=False, exit_code=1, reasons=reasons)
    clean = "nothing that could be judged fails the gate" if open_questions else "nothing fails the gate"
    return Verdict(passed=True, exit_code=0, reasons=(clean, *reasons))


def _weight(finding: Finding) -> Severity:
    """Its severity. An exploited vulnerability that nobody scored weighs as a high one."""
    return Severity.HIGH if finding.kev and not finding.severity else finding.severity


def _is_severe(finding: Finding, policy: Policy) -> bool:
    return finding.status is Status.FAIL and _weight(finding) >= policy.fail_on


def _untold(finding: Finding) -> bool:
    """No source says whether a fix exists, so nor can we say whether it counts."""
    return finding.fix is not None and finding.fix.state is FixState.UNKNOWN


def _failures(counted: Sequence[Finding], policy: Policy) -> Iterator[str]:
    checks = [finding for finding in counted if finding.package is None]
    if checks:
        worst = _worst(checks)
        where = f"{worst.subject.kind} {worst.subject.name}"
        yield f"{_count(checks, 'failed check')} of {_reach(policy)} severity, the worst: {worst.rule} of {where}"
    flaws = {finding: finding.package for finding in counted if finding.package is not None}
    if flaws:
        packages = {(flaw.subject, package.purl, package.name, package.version) for flaw, package in flaws.items()}
        worst = _worst(flaws)
        yield (
            f"{_count(packages, 'package')} with {'fixable ' if policy.only_fixable else ''}vulnerabilities "
            f"of {_reach(policy)} severity, the worst: {worst.rule} in {flaws[worst].name}"
        )


def _unfixed(flaws: Sequence[Finding], policy: Policy) -> Iterator[str]:
    paid = [flaw for flaw in flaws if flaw.fix and flaw.fix.state is FixState.SUBSCRIPTION]
    if paid:
        yield f"{_count(paid, 'flaw')} of {_reach(policy)} severity with a fix for subscribers only, not counted"
    if len(flaws) > len(paid):
        flaws = [flaw for flaw in flaws if flaw not in paid]
        yield f"{_count(flaws, 'flaw')} of {_reach(policy)} severity without a known fix, not counted"


def _waived(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield f"{_count(findings, 'finding')} waived, not counted"


def _open_questions(findings: Sequence[Finding], not_assessed: Sequence[NotAssessed], policy: Policy) -> Iterator[str]:
    undecided = [finding for finding in findings if finding.status is Status.UNKNOWN]
    if undecided:
        yield f"{_count(undecided, 'question')} could not be decided"
    unscored = [
        finding
        for finding in findings
        if finding.status is Status.FAIL and not finding.severity and not _is_severe(finding, policy)
    ]
    if unscored:
        yield f"{_count(unscored, 'flaw')} of unknown severity, which does not mean harmless"
    untold = [finding for finding in findings if _is_severe(finding, policy) and _untold(finding)]
    if untold and policy.only_fixable:
        yield f"{_count(untold, 'flaw')} of {_reach(policy)} severity that may or may not have a fix"
    if not_assessed:
        yield f"{_count(set(not_assessed), 'thing')} found but not assessed"


def _worst(findings: Iterable[Finding]) -> Finding:
    return min(findings, key=lambda f: (-_weight(f), not f.kev, f.subject, f.rule, f.field))


def _reach(policy: Policy) -> str:
    if policy.fail_on is Severity.UNKNOWN:
        return "any"
    return "critical" if policy.fail_on is Severity.CRITICAL else f"{policy.fail_on} or worse"


def _count(things: Sized, noun: str) -> str:
    return f"1 {noun}" if len(things) == 1 else f"{len(things):,} {noun}s"
