"""Laws for every check of Dockerfiles. A new file under checks/dockerfile is tested without a new test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import seawall.checks
from seawall.checks import Check, dockerfile_checks
from seawall.checks.check import Example
from seawall.checks.dockerfiles import Told, gold, judge
from seawall.checks.gold import TODAY
from seawall.checks.hadolint import OURS
from seawall.model import Severity, Status
from seawall.remedies.dockerfile_fix import apply
from seawall.sources.dockerfile import parse

CHECKS = dockerfile_checks()

each = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def told(check: Check, example: Example) -> tuple[Told, ...]:
    assert isinstance(example, str)
    return judge(parse(example), (check,), today=TODAY)


def verdict(found: tuple[Told, ...]) -> str:
    statuses = {one.finding.status for one in found}
    return "fail" if Status.FAIL in statuses else "unknown" if statuses else "pass"


def test_the_folder_is_the_list() -> None:
    files = {path.stem for path in (Path(seawall.checks.__file__).parent / "dockerfile").glob("[!_]*.py")}
    assert {check.name for check in CHECKS} == files
    assert len({check.id for check in CHECKS}) == len({check.title.lower() for check in CHECKS}) == len(CHECKS)


def test_what_hadolint_asks_is_asked_by_checks_that_exist() -> None:
    assert {name for names in OURS.values() for name in names} <= {check.id for check in CHECKS}


@each
def test_it_is_named_and_documented(check: Check) -> None:
    assert re.fullmatch(r"IMG-DF-\d{3}", check.id)
    assert check.function.__module__.rpartition(".")[2] == check.name
    assert check.kind == "dockerfile"
    assert 10 < len(check.title) <= 110
    why, fix = re.split(r"^## Fix$", check.doc.removeprefix("## Why it matters"), flags=re.MULTILINE)
    assert len(why.split()) > 10
    assert len(fix.split()) >= 5
    assert re.search(r"^    \S", fix, re.MULTILINE)
    assert check.refs
    assert all(ref.startswith("https://") for ref in check.refs)
    assert Severity.INFO <= check.severity <= Severity.CRITICAL


@each
def test_examples_hold(check: Check) -> None:
    assert check.passes
    assert check.fails
    for expected, some in (("pass", check.passes), ("fail", check.fails), ("unknown", check.unknowns)):
        for example in some:
            assert verdict(told(check, example)) == expected, example


def test_gold_passes_everything() -> None:
    assert judge(parse(gold(), ignored=True), CHECKS, today=TODAY) == ()


@each
def test_every_finding_says_where_and_what(check: Check) -> None:
    for example in (*check.fails, *check.unknowns):
        found = told(check, example)
        assert len({one.finding.id for one in found}) == len(found)
        for one in found:
            assert one.finding.location
            assert 0 < one.finding.location.line <= str(example).count("\n") + 1
            assert one.finding.field
            assert len(one.finding.message) > 10


@each
def test_identity_survives_lines_above(check: Check) -> None:
    for example in check.fails:
        assert isinstance(example, str)
        ids = {one.finding.id for one in told(check, example)}
        assert {one.finding.id for one in told(check, f"# one\n\n# more\n\n{example}")} == ids


@each
def test_edits_mend_what_they_are_for(check: Check) -> None:
    for example in check.fails:
        assert isinstance(example, str)
        found = told(check, example)
        if edits := [edit for one in found for edit in one.edits]:
            mended = apply(example, edits)
            assert not parse(mended).faults
            assert len(told(check, mended)) < len(found), mended


@each
def test_an_empty_file_and_an_unknown_base_are_no_crash(check: Check) -> None:
    for text in (
        "",
        "FROM",
        "ARG X\nFROM $X",
        "RUN x",
        "FROM a\nRUN\nCOPY\nADD\nUSER\nENV\nEXPOSE\nCMD\nWORKDIR\nSHELL",
    ):
        told(check, text)


def test_a_waiver_with_a_reason_waives_and_one_without_does_not() -> None:
    base = "FROM alpine:3.22\n{}\nRUN apk add --no-cache git\n"
    (check,) = (check for check in CHECKS if check.id == "IMG-DF-028")

    def waived(comment: str) -> list[str]:
        return [one.finding.waived for one in told(check, base.format(comment))]

    assert waived("# seawall: ignore=IMG-DF-028,IMG-DF-017 one version only") == ["one version only"]
    assert waived("# seawall: ignore=IMG-DF-028") == [""]
    assert waived("# seawall: ignore=IMG-DF-017 another check") == [""]
    assert waived("# seawall: ignore=IMG-DF-028 not above it\n\n") == [""]
    assert waived("# hadolint ignore=DL3018") == [""]
