"""What fails the gate and what does not, and the laws that no policy may break."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.gate import Policy, judge
from seawall.model import Finding, Fix, FixState, NotAssessed, PackageRef, Severity, Status, Subject

GAP = NotAssessed(what="image layer", where="x.tar", why="unreadable")


def check(severity: Severity = Severity.HIGH, **more: object) -> Finding:
    subject = Subject(kind="cluster", name="prod")
    return Finding(rule="AKS-X-001", title="", severity=severity, subject=subject, message="", **more)  # type: ignore[arg-type]


def flaw(severity: Severity = Severity.HIGH, state: FixState = FixState.FIXED, **more: object) -> Finding:
    package = PackageRef(purl="pkg:pypi/django@2.2", name="django", version="2.2")
    fields = {"rule": "CVE-1", "package": package, "fix": Fix(state=state)} | more
    return msgspec.structs.replace(check(severity), **fields)


STRICT = Policy(fail_on_unknown=True)
ANY = Policy(only_fixable=False)


@pytest.mark.parametrize(
    ("finding", "policy", "code"),
    [
        (check(Severity.HIGH), Policy(), 1),
        (check(Severity.CRITICAL), Policy(), 1),
        (check(Severity.MEDIUM), Policy(), 0),
        (check(Severity.MEDIUM), Policy(fail_on=Severity.MEDIUM), 1),
        (check(Severity.HIGH), Policy(fail_on=Severity.CRITICAL), 0),
        (check(Severity.CRITICAL, status=Status.UNKNOWN), Policy(), 0),
        (check(Severity.LOW, status=Status.UNKNOWN), STRICT, 1),
        (flaw(Severity.HIGH), Policy(), 1),
        (flaw(Severity.MEDIUM), Policy(), 0),
        (flaw(Severity.CRITICAL, FixState.NOT_FIXED), Policy(), 0),
        (flaw(Severity.CRITICAL, FixState.WILL_NOT_FIX), Policy(), 0),
        (flaw(Severity.CRITICAL, FixState.SUBSCRIPTION), Policy(), 0),
        (flaw(Severity.CRITICAL, FixState.SUBSCRIPTION), STRICT, 0),
        (flaw(Severity.CRITICAL, FixState.SUBSCRIPTION), ANY, 1),
        (flaw(Severity.CRITICAL, FixState.UNKNOWN), Policy(), 0),
        (flaw(Severity.CRITICAL, FixState.UNKNOWN), STRICT, 1),
        (flaw(Severity.CRITICAL, FixState.NOT_FIXED), STRICT, 0),
        (flaw(Severity.MEDIUM, FixState.UNKNOWN), STRICT, 0),
        (flaw(Severity.CRITICAL, FixState.NOT_FIXED), ANY, 1),
        (flaw(Severity.UNKNOWN), Policy(), 0),
        (flaw(Severity.UNKNOWN), STRICT, 1),
        (flaw(Severity.UNKNOWN), Policy(fail_on=Severity.UNKNOWN), 1),
        (flaw(Severity.UNKNOWN, kev=True), Policy(), 1),
        (flaw(Severity.UNKNOWN, kev=True), Policy(fail_on=Severity.CRITICAL), 0),
        (flaw(Severity.LOW, kev=True), Policy(), 0),
    ],
)
def test_one_finding(finding: Finding, policy: Policy, code: int) -> None:
    verdict = judge([finding], [], policy)
    assert verdict.exit_code == code
    assert verdict.passed == (code == 0)


def test_gaps_fail_only_when_asked() -> None:
    assert judge([], [GAP]).exit_code == 0
    assert judge([], [GAP], STRICT).exit_code == 1
    assert judge([], [], STRICT).exit_code == 0


def test_no_work_is_neither_a_pass_nor_a_failure() -> None:
    for findings in ([], [check()]):
        verdict = judge(findings, [GAP], failed=["x.tar: cut short"])
        assert (verdict.passed, verdict.exit_code) == (False, 2)
        assert verdict.reasons[0] == "x.tar: cut short"


def test_the_reasons_count_everything() -> None:
    openssl = PackageRef(purl="pkg:deb/debian/openssl@3", name="openssl", version="3")
    findings = [
        check(Severity.HIGH),
        check(Severity.CRITICAL, field="access.rbac"),
        check(status=Status.UNKNOWN),
        flaw(Severity.HIGH),
        flaw(Severity.CRITICAL),
        flaw(Severity.HIGH, package=openssl, rule="CVE-2"),
        flaw(Severity.HIGH, FixState.NOT_FIXED),
        flaw(Severity.HIGH, FixState.UNKNOWN),
        flaw(Severity.UNKNOWN),
    ]
    assert judge(findings, [GAP, msgspec.structs.replace(GAP, where="y.tar")]).reasons == (
        "2 failed checks of high or worse severity, the worst: AKS-X-001 of cluster prod",
        "2 packages with fixable vulnerabilities of high or worse severity, the worst: CVE-1 in django",
        "1 question could not be decided",
        "1 flaw of unknown severity, which does not mean harmless",
        "1 flaw of high or worse severity that may or may not have a fix",
        "2 things found but not assessed",
        "1 flaw of high or worse severity without a known fix, not counted",
    )


def test_the_worst_does_not_depend_on_the_order() -> None:
    findings = [check(), check(Severity.CRITICAL, field="b"), flaw(), flaw(kev=True, rule="CVE-0")]
    assert judge(findings, []) == judge(findings[::-1], [])


policies = st.builds(
    Policy, fail_on=st.sampled_from(Severity), only_fixable=st.booleans(), fail_on_unknown=st.booleans()
)
some = st.lists(
    st.builds(check, st.sampled_from(Severity), status=st.sampled_from(Status))
    | st.builds(
        flaw, st.sampled_from(Severity), st.sampled_from(FixState), kev=st.booleans(), status=st.sampled_from(Status)
    ),
    max_size=6,
)
gaps = st.lists(st.just(GAP), max_size=2)


@given(some, some, gaps, policies)
def test_more_findings_never_mend_a_failure(
    findings: list[Finding], more: list[Finding], not_assessed: list[NotAssessed], policy: Policy
) -> None:
    before, after = judge(findings, not_assessed, policy), judge([*findings, *more], not_assessed, policy)
    assert before.exit_code <= after.exit_code


@given(some, gaps, policies, st.sampled_from(Severity))
def test_a_laxer_policy_never_fails_what_passed(
    findings: list[Finding], not_assessed: list[NotAssessed], policy: Policy, fail_on: Severity
) -> None:
    strict = judge(findings, not_assessed, policy)
    laxer = [
        msgspec.structs.replace(policy, fail_on=max(policy.fail_on, fail_on)),
        msgspec.structs.replace(policy, only_fixable=True),
        msgspec.structs.replace(policy, fail_on_unknown=False),
    ]
    assert all(judge(findings, not_assessed, other).exit_code <= strict.exit_code for other in laxer)


@given(some, gaps, policies)
def test_a_verdict_always_says_why(findings: list[Finding], not_assessed: list[NotAssessed], policy: Policy) -> None:
    verdict = judge(findings, not_assessed, policy)
    assert verdict.reasons
    assert verdict.passed == (verdict.exit_code == 0) == ("fails the gate" in verdict.reasons[0])


def test_a_fix_for_subscribers_is_told_and_not_counted() -> None:
    paid, unfixed = flaw(state=FixState.SUBSCRIPTION), flaw(state=FixState.NOT_FIXED, rule="CVE-2")
    reasons = judge([paid, unfixed], []).reasons[1:]
    assert reasons == (
        "1 flaw of high or worse severity with a fix for subscribers only, not counted",
        "1 flaw of high or worse severity without a known fix, not counted",
    )
    assert len(judge([paid], []).reasons) == 2


def test_what_was_not_assessed_counts_once_as_in_the_report() -> None:
    gaps = [NotAssessed(what="x", where=str(number % 1200), why="y") for number in range(2000)]
    assert judge([], gaps, Policy()).reasons[-1] == "1,200 things found but not assessed"
