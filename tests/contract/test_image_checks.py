"""Laws for every check of images. A new file under checks/image is tested without a new test."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

import seawall.checks
from seawall.checks import Check, image_checks
from seawall.checks.exploitability import exploitability
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.images import judge
from seawall.model import Finding, Image, Severity, Status

TODAY = datetime.date(2026, 11, 23)
CHECKS = image_checks()
each = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def findings(check: Check, example: object) -> list[Finding]:
    assert isinstance(example, Image)
    return list(judge(example, (check,), today=TODAY))


def test_the_folder_is_the_list() -> None:
    files = {path.stem for path in (Path(seawall.checks.__file__).parent / "image").glob("[!_]*.py")}
    assert {check.name for check in CHECKS} == files


def test_ids_and_titles_are_unique() -> None:
    for names in ([check.id for check in CHECKS], [check.title for check in CHECKS]):
        assert len(names) == len(set(names))


@each
def test_it_is_named_and_documented(check: Check) -> None:
    assert re.fullmatch(r"IMG-\d{3}", check.id)
    assert check.function.__module__.rpartition(".")[2] == check.name
    why, fix = re.split(r"^## Fix$", check.doc.removeprefix("## Why it matters"), flags=re.MULTILINE)
    assert len(why.split()) > 10
    assert len(fix.split()) >= 10
    assert check.refs
    assert Severity.INFO <= check.severity <= Severity.CRITICAL


@each
def test_examples_hold(check: Check) -> None:
    assert check.passes
    assert check.fails
    for expected, some in (("pass", check.passes), ("fail", check.fails), ("unknown", check.unknowns)):
        for example in some:
            statuses = {finding.status for finding in findings(check, example)}
            told = "fail" if Status.FAIL in statuses else "unknown" if statuses else "pass"
            assert told == expected, example


@each
def test_every_finding_says_where_and_what_once(check: Check) -> None:
    for example in (*check.fails, *check.unknowns):
        found = findings(check, example)
        assert all(finding.field and len(finding.message) > 10 for finding in found)
        assert len({finding.id for finding in found}) == len(found)


def test_gold_passes_everything_and_scores_nothing() -> None:
    assert list(judge(GOLD_IMAGE, CHECKS, today=TODAY)) == []
    assert exploitability(GOLD_IMAGE) == ()


def test_an_image_whose_files_were_not_looked_at_has_no_score() -> None:
    assert exploitability(Image(name="x")) is None
