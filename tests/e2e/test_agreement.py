"""What other scanners' own tests expect, beside what Seawall says: every difference has a written reason.

`SEAWALL_UPDATE_GOLDEN=1 pytest tests/e2e/test_agreement.py` writes docs/agreement.md anew: read the diff.
"""

from __future__ import annotations

import datetime
import functools
import importlib.util
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.checks import all_checks, run
from seawall.model import Change, Cluster, Cost, Finding, Status, is_known
from seawall.safe.limits import DEFAULT
from seawall.workflows.discover import discover

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/agreement.md"
CHECKS = {check.id: check for check in all_checks()}
TODAY = datetime.date(2026, 8, 21)
"""When the others' rules were read: what they call a supported version was one then."""

AGREES, NOT_ASKED, UNREAD, DIFFERS = "agrees", "we do not ask this", "not read", "differs"


class Answer(msgspec.Struct, frozen=True):
    """One entry of expected.json with our word on it. `why` is the question, what was not read, or the reason."""

    source: str
    rule: str
    theirs: str
    kind: str
    ours: str = ""
    why: str = ""


@functools.cache
def _map() -> Any:
    spec = importlib.util.spec_from_file_location("agreement_map", Path(__file__).with_name("agreement_map.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def _read(path: Path) -> tuple[tuple[Cluster, ...], str]:
    """The clusters of one file, and why there are none."""
    named = path.parent if path.suffix == ".tf" else path  # a folder is one configuration
    found = discover([named], ("cluster",), DEFAULT, lambda _: None)
    why = {f"{note.what}: {note.why}" for note in found.not_assessed}
    return tuple(found.clusters), "; ".join(sorted(why)) or "no cluster was found in it"


def _free(*_: object, **__: object) -> Change:
    return Change(cost=Cost.UNKNOWN)


@functools.cache
def _findings(path: Path, index: int, rule: str) -> tuple[Finding, ...]:
    asked = [CHECKS[check] for check in _map().ASKED[rule]]
    return run((_read(path)[0][index],), asked, today=TODAY, cost=_free).findings


def _declared(path: Path, kind: str, label: str) -> int:
    """The line on which a Terraform or Bicep file declares a resource, 0 where it does not."""
    pattern = {
        ".tf": rf'\s*resource\s+"{re.escape(kind)}"\s+"{re.escape(label)}"',
        ".bicep": rf"\s*resource\s+{re.escape(label)}\s+'{re.escape(kind)}@",
    }.get(path.suffix)
    lines = path.read_text().splitlines() if pattern else ()
    return next((number for number, line in enumerate(lines, 1) if re.match(str(pattern), line)), 0)


def _subjects(path: Path, resource: str | None) -> Iterator[tuple[int, str]]:
    """The clusters of the file that the entry is about, by place, and the pool it is about, "" for the cluster."""
    clusters = _read(path)[0]
    if resource is None:
        yield from ((index, "") for index in range(len(clusters)))
        return
    kind, _, label = resource.rpartition(".")
    line = _declared(path, kind, label) if kind else 0
    for index, cluster in enumerate(clusters):
        pools = [pool.name for pool in cluster.pools] if is_known(cluster.pools) else []
        owner, _, pool = label.partition("/")
        if line:
            if cluster.lines.get("") == line:
                yield index, ""
            yield from ((index, name) for name in pools if cluster.lines.get(f"pools[{name}]") == line)
        elif owner == cluster.name and (not pool or pool in pools):
            yield index, pool
        elif kind and path.stem == label:
            yield index, ""


def _verdict(path: Path, subjects: Sequence[tuple[int, str]], rule: str) -> str:
    statuses = {
        finding.status
        for index, pool in subjects
        for finding in _findings(path, index, rule)
        if not pool or finding.subject.name.endswith(f"/{pool}")
    }
    return "fail" if Status.FAIL in statuses else "unknown" if statuses else "pass"


def _answer(entry: Mapping[str, Any], shared: Path) -> Answer:
    known_as = {"source": entry["source"], "rule": entry["check"], "theirs": entry["verdict"]}
    rule, path, resource = entry["check"], shared / "aks" / entry["file"], entry["resource"]
    if rule in _map().NOT_ASKED:
        return Answer(**known_as, kind=NOT_ASKED, why=_map().NOT_ASKED[rule])
    if path.is_dir():
        path = path / f"{resource.rpartition('.')[2]}.json"
    subjects = list(_subjects(path, resource))
    if not subjects:
        why = re.sub(r"^\S+ (\S+: )", r"\1", _read(path)[1]) if not _read(path)[0] else "a pool without its cluster"
        return Answer(**known_as, kind=UNREAD, why=why)
    ours = _verdict(path, subjects, rule)
    if ours == entry["verdict"] or (entry["verdict"] == "none" and ours == "pass"):
        return Answer(**known_as, kind=AGREES, ours=ours)
    return Answer(**known_as, kind=DIFFERS, ours=ours, why=_map().REASONS.get((rule, entry["verdict"], ours), ""))


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    shared = next((p / "shared/data" for p in ROOT.parents if (p / "shared/data/aks").is_dir()), None)
    if shared is None:
        pytest.skip("no ../shared/data beside this checkout")
    entries = json.loads((shared / "aks/expected.json").read_text())["entries"]
    return [_answer(entry, shared) for entry in entries]


def test_every_difference_has_a_reason(answers: list[Answer]) -> None:
    assert [answer for answer in answers if answer.kind == DIFFERS and not answer.why] == []


def test_no_rule_is_left_out(answers: list[Answer]) -> None:
    rules = {answer.rule for answer in answers}
    assert rules == set(_map().ASKED) | set(_map().NOT_ASKED)
    assert {check for checks in _map().ASKED.values() for check in checks} <= set(CHECKS)


def test_no_reason_is_stale(answers: list[Answer]) -> None:
    differing = {(answer.rule, answer.theirs, answer.ours) for answer in answers if answer.kind == DIFFERS}
    unread = {answer.rule for answer in answers if answer.kind == UNREAD}
    assert {key for key in _map().REASONS if key not in differing and key[0] not in unread} == set()


def test_the_document_is_current(answers: list[Answer]) -> None:
    text = _document(answers)
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text)
    assert text == DOCUMENT.read_text()


def _document(answers: Sequence[Answer]) -> str:
    kinds = Counter(answer.kind for answer in answers)
    lines = [
        "# Agreement with other scanners",
        "",
        "Generated by tests/e2e/test_agreement.py. Tests of PSRule.Rules.Azure and checkov expect these verdicts of",
        f"their own files, {len(answers)} in all; ours are as of {TODAY}.",
        "",
        "| what | entries |",
        "|---|---|",
        *(f"| {kind} | {kinds[kind]} |" for kind in (AGREES, DIFFERS, NOT_ASKED, UNREAD)),
        "",
        "## By rule",
        "",
        "| rule | our checks | agrees | differs | not read |",
        "|---|---|---|---|---|",
        *_by_rule(answers),
        "",
        "## Where we differ, and why",
        "",
        *_counted(f"`{a.rule}`: they say {a.theirs}, we say {a.ours}: {a.why}" for a in answers if a.kind == DIFFERS),
        "",
        "## What we do not ask",
        "",
        *_counted(f"`{a.rule}`: {a.why}" for a in answers if a.kind == NOT_ASKED),
        "",
        "## What was not read",
        "",
        *_counted(f"{a.source}: {a.why}" for a in answers if a.kind == UNREAD),
    ]
    return "\n".join(lines) + "\n"


def _by_rule(answers: Sequence[Answer]) -> Iterator[str]:
    for rule, checks in sorted(_map().ASKED.items()):
        kinds = Counter(answer.kind for answer in answers if answer.rule == rule)
        yield f"| `{rule}` | {', '.join(checks)} | {kinds[AGREES]} | {kinds[DIFFERS]} | {kinds[UNREAD]} |"


def _counted(sentences: Iterator[str]) -> list[str]:
    return [f"- {sentence} ({number})" for sentence, number in sorted(Counter(sentences).items())] or ["Nothing."]
