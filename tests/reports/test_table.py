"""The table where its reader differs: colours, width, verbosity, clock, and a judge of versions."""

from __future__ import annotations

import datetime
import re

import pytest
from msgspec.structs import replace

from seawall.gate import judge
from seawall.model import Coverage, FeedStatus, Finding, NotAssessed, Report, Severity, Status, Subject
from seawall.reports import Style, render
from seawall.reports.table.text import columns, cut, cut_start, wrap
from seawall.safe.terminal import printable


def test_nothing_at_all() -> None:
    text = render(Report(verdict=judge((), (), failed=["nothing was found"])), "table")
    assert text == "Nothing was found to assess.\n\nNOT DONE: nothing was found\n"


def test_nothing_wrong() -> None:
    text = render(Report(verdict=judge((), ()), coverage=Coverage(files=2)), "table")
    assert text.startswith("No problems found in what could be judged.\n")
    assert text.endswith("PASS: nothing fails the gate\n")


def test_the_verdict_is_the_last_line(estate: Report) -> None:
    last = render(estate, "table").splitlines()[-1]
    assert last == "FAIL: " + "; ".join(estate.verdict.reasons)


def test_colours_change_nothing_but_colours(estate: Report) -> None:
    painted = render(estate, "table", Style(color=True))
    assert "\x1b[1;31mCRITICAL\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == render(estate, "table")


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_lines_fit_but_commands_paths_and_the_verdict(estate: Report, width: int) -> None:
    lines = render(estate, "table", Style(width=width)).splitlines()[:-1]
    assert [line for line in lines if columns(line) > width and "fix: az" not in line and "https:" not in line] == []


def test_unlimited_width_cuts_nothing(estate: Report) -> None:
    assert "…" not in render(estate, "table", Style(width=0))


def test_a_package_has_one_line_with_its_remedy(estate: Report) -> None:
    lines = render(estate, "table", Style(width=0)).splitlines()
    (django,) = (line for line in lines if " django " in line and "CVE-" in line)
    (log4j,) = (line for line in lines if "log4j-core " in line)
    (openssl,) = (line for line in lines if " openssl " in line and "no fix" in line)
    assert "upgrade to 2.2.4" in django
    assert "fixed in 2.15.0, 2.16.0; 1 without a known fix" in log4j
    assert "KEV CVE-2021-44228" in log4j
    assert "3f2a9c1b" in log4j
    assert "no fix yet" in openssl


def test_one_upgrade_that_mends_all_takes_the_place_of_several(estate: Report) -> None:
    findings = [
        replace(finding, package=replace(finding.package, upgrade="2.16.0")) if finding.package else finding
        for finding in estate.findings
    ]
    text = render(replace(estate, findings=tuple(findings)), "table", Style(width=0))
    assert "upgrade to 2.16.0; 1 without a known fix" in text


def test_ages_need_a_clock(estate: Report) -> None:
    now = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)
    assert "Debian:12 of 2026-11-20, PyPI of 2026-11-22" in render(estate, "table")
    assert "Debian:12 3 days old, PyPI 1 day old" in render(estate, "table", Style(now=now))


@pytest.mark.parametrize(("date", "said"), [("", "of unknown date"), ("soon", "of soon"), ("2026-11-20", "3 days old")])
def test_feeds_with_odd_dates(date: str, said: str) -> None:
    coverage = Coverage(files=1, advisories=(FeedStatus(source="PyPI", records=1, newest=date),))
    now = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)
    assert f"PyPI {said}" in render(Report(verdict=judge((), ()), coverage=coverage), "table", Style(now=now))


def test_many_gaps_are_summed_up_unless_asked() -> None:
    gaps = tuple(NotAssessed(what=f"thing {n}", where="here", why="odd") for n in range(40))
    report = Report(verdict=judge((), gaps), not_assessed=gaps)
    assert "… and 28 other kinds; --verbose lists all" in render(report, "table")
    assert "thing 39" not in render(report, "table")
    assert "thing 39" in render(report, "table", Style(verbose=True))


def _of_images(status: Status, rule: str, fields: dict[str, list[str]]) -> Report:
    findings = tuple(
        Finding(
            rule=rule,
            title="t",
            severity=Severity.MEDIUM,
            status=status,
            subject=Subject(kind="image", name=name),
            field=field,
            message=f"/{field} is setuid of user 0",
        )
        for name, paths in fields.items()
        for field in paths
    )
    return Report(findings=findings, verdict=judge(findings, ()), coverage=Coverage(files=1))


def test_what_a_rule_says_of_files_of_an_image_is_one_line_unless_asked() -> None:
    report = _of_images(Status.FAIL, "IMG-008", {"a": ["usr/bin/su", "usr/bin/mount", "opt/x"], "b": ["usr/bin/su"]})
    lines = [line for line in render(report, "table").splitlines() if "IMG-008 " in line]
    assert lines == [
        "  MEDIUM    IMG-008  /opt/x is setuid of user 0; 2 more like it: /usr/bin/mount, /usr/bin/su",
        "  MEDIUM    IMG-008  /usr/bin/su is setuid of user 0 (usr/bin/su)",
    ]
    verbose = render(report, "table", Style(verbose=True))
    assert all(f"(usr/bin/{name})" in verbose for name in ("su", "mount"))


def test_a_question_of_many_images_is_told_once() -> None:
    report = _of_images(
        Status.UNKNOWN,
        "IMG-022",
        {"a": ["labels.base", "opt/packed", "opt/other"], "b": ["labels.base"], "c": ["labels.base", "created"]},
    )
    text = render(report, "table")
    assert "Undecided (6)" in text
    assert "  image a, b, c: 1 question each, on labels.base\n" in text
    assert "  image a: 2 questions, on opt/other, opt/packed\n" in text
    assert text.count("labels.base") == 1


def test_verbose_tells_everything(estate: Report) -> None:
    text = render(estate, "table", Style(verbose=True, width=0))
    for finding in estate.findings:
        told = [finding.rule] if finding.status is Status.FAIL else [finding.field]
        if finding.package and finding.status is Status.FAIL:
            told += [finding.package.path, finding.package.layer, finding.title]
        assert [word for word in told if printable(word) not in text] == []


def test_text_for_terminals() -> None:
    assert printable("a\x1b[2J\u202e\n\udc80é漢") == r"a\x1b[2J\u202e\n\udc80é漢"
    assert columns("é漢e\u0301") == 4
    assert cut("漢字漢字", 5) == "漢字…"
    assert cut_start("org.apache:log4j", 8) == "…e:log4j"
    assert wrap("one two three four five six seven", 24, "    ") == ["one two three four", "    five six seven"]
