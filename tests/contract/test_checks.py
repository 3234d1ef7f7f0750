"""Laws for every check. A new file under checks/cluster or checks/fleet is tested without a new test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import seawall.checks
from seawall.checks import Check, all_checks, run
from seawall.checks.check import Example
from seawall.checks.gold import TODAY, gold
from seawall.model import UNKNOWN, Change, Cluster, Cost, Finding, Pool, Severity, Status, Tool, is_known
from seawall.model.paths import all_paths, get, put

CHECKS = all_checks()
SINGLE = tuple(check for check in CHECKS if check.kind != "fleet")
FLEET = tuple(check for check in CHECKS if check.kind == "fleet")
PATHS = (*all_paths(), "pools")

each = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
each_single = pytest.mark.parametrize("check", SINGLE, ids=lambda check: check.id)


class Prices:
    """Prices every change as unknown, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Cluster, Mapping[str, object]]] = []

    def __call__(
        self, cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None
    ) -> Change:
        self.asked.append((cluster, sets))
        return Change(cost=Cost.UNKNOWN)


def findings(check: Check, example: Example, prices: Prices | None = None) -> list[Finding]:
    """What the check says of its example; a fleet's check sees what all others said of the members."""
    clusters = example if isinstance(example, tuple) else (example,)
    found = run(clusters, CHECKS if check.kind == "fleet" else (check,), today=TODAY, cost=prices or Prices()).findings
    return [finding for finding in found if finding.rule == check.id]


def verdict(found: list[Finding]) -> str:
    statuses = {finding.status for finding in found}
    return "fail" if Status.FAIL in statuses else "unknown" if statuses else "pass"


def examples(check: Check) -> tuple[Example, ...]:
    return (*check.passes, *check.fails, *check.unknowns)


# --- form


def test_the_folder_is_the_list() -> None:
    folder = Path(seawall.checks.__file__).parent
    files = {path.stem for kind in ("cluster", "fleet") for path in (folder / kind).glob("[!_]*.py")}
    assert {check.name for check in CHECKS} == files


def test_ids_names_and_titles_are_unique() -> None:
    for names in ([c.id for c in CHECKS], [c.name for c in CHECKS], [c.title.lower() for c in CHECKS]):
        assert len(names) == len(set(names))


@each
def test_it_is_named_and_documented(check: Check) -> None:
    assert re.fullmatch(r"AKS-[A-Z]{3,4}-\d{3}", check.id)
    assert check.function.__module__.rpartition(".")[2] == check.name
    assert 10 < len(check.title) <= 100
    assert check.title[0].isupper()
    why, fix = re.split(r"^## Fix$", check.doc.removeprefix("## Why it matters"), flags=re.MULTILINE)
    assert len(why.split()) > 10
    assert len(fix.split()) > 10
    assert check.refs
    assert all(ref.startswith("https://") for ref in check.refs)
    assert Severity.INFO <= check.severity <= Severity.CRITICAL


@each_single
def test_it_names_the_change_and_a_command(check: Check) -> None:
    assert check.sets
    assert set(check.sets) <= set(all_paths())
    assert re.search(r"^    az aks ", check.doc, re.MULTILINE)


# --- examples


@each
def test_examples_hold(check: Check) -> None:
    assert check.passes
    assert check.fails
    for expected, some in (("pass", check.passes), ("fail", check.fails), ("unknown", check.unknowns)):
        for example in some:
            assert verdict(findings(check, example)) == expected, example


def test_gold_passes_everything() -> None:
    results = run((gold(),), SINGLE, today=TODAY, cost=Prices())
    assert results.findings == ()
    assert results.tallies[0].passed == len(SINGLE)


@each
def test_every_finding_says_where_and_what(check: Check) -> None:
    for example in (*check.fails, *check.unknowns):
        for finding in findings(check, example):
            assert finding.field in PATHS
            assert len(finding.message) > 10
            assert finding.subject.name
            assert (finding.change is not None) == (finding.status is Status.FAIL)


@each
def test_no_two_findings_are_the_same_one(check: Check) -> None:
    for example in examples(check):
        ids = [finding.id for finding in findings(check, example)]
        assert len(ids) == len(set(ids))


@each_single
def test_the_change_asked_for_mends_the_problem(check: Check) -> None:
    for example in check.fails:
        prices = Prices()
        findings(check, example, prices)
        for cluster, sets in prices.asked:
            mended = put(cluster, dict(sets))
            assert verdict(findings(check, mended)) == "pass", sets


# --- silence


@pytest.mark.parametrize("pools", [UNKNOWN, (), (Pool(name="one"), Pool(name="two"))], ids=["unknown", "none", "two"])
def test_a_cluster_of_which_nothing_is_known_passes_nothing(pools: Any) -> None:
    results = run((Cluster(name="dark", pools=pools),), SINGLE, today=TODAY, cost=Prices())
    assert {finding.rule for finding in results.findings} == {check.id for check in SINGLE}
    assert {finding.status for finding in results.findings} == {Status.UNKNOWN}
    assert results.tallies[0].undecided == len(SINGLE)
    assert all(finding.field in PATHS for finding in results.findings)


def blanked(cluster: Cluster, path: str) -> Cluster:
    if path.startswith("pool.") and not is_known(cluster.pools):
        return cluster
    return put(cluster, {path: UNKNOWN})


@each
def test_blanking_a_setting_never_decides_anything(check: Check) -> None:
    """With one setting fewer, each example has the verdict that it had, or none."""
    for example in examples(check):
        told = verdict(findings(check, example))
        for path in PATHS:
            for less in _each_blanked(example, path):
                assert verdict(findings(check, less)) in (told, "unknown"), (path, example)


def _each_blanked(example: Example, path: str) -> list[Example]:
    if not isinstance(example, tuple):
        return [blanked(example, path)]
    return [(*example[:i], blanked(example[i], path), *example[i + 1 :]) for i in range(len(example))]


def _values_by_path() -> dict[str, list[Any]]:
    """The values that the examples give each setting."""
    values: dict[str, list[Any]] = {}
    for check in SINGLE:
        for example in examples(check):
            assert isinstance(example, Cluster)
            for path in all_paths():
                for pool in (example.pools or ()) if path.startswith("pool.") else (None,):
                    value = get(example, path, pool)
                    if value not in values.setdefault(path, []):
                        values[path].append(value)
    return {path: some for path, some in values.items() if len(some) > 1}


VALUES = _values_by_path()
some_settings = st.fixed_dictionaries({}, optional={path: st.sampled_from(some) for path, some in VALUES.items()})


@settings(max_examples=400, deadline=None)
@given(system=some_settings, user=some_settings, dark=st.sets(st.sampled_from((*VALUES, "pools"))))
def test_the_less_is_known_the_less_is_decided(system: dict[str, Any], user: dict[str, Any], dark: set[str]) -> None:
    """Any cluster, with any settings blanked: each check says the same, or that it cannot tell."""
    of_pool = {path.removeprefix("pool."): value for path, value in user.items() if path.startswith("pool.")}
    cluster = put(gold(), system)
    assert is_known(cluster.pools)
    cluster = put(cluster, {"pools": (cluster.pools[0], msgspec.structs.replace(cluster.pools[1], **of_pool))})
    darker = cluster
    for path in sorted(dark):
        darker = blanked(darker, path)
    before, after = (run((one,), SINGLE, today=TODAY, cost=Prices()).findings for one in (cluster, darker))
    for check in SINGLE:
        told, less = (verdict([f for f in some if f.rule == check.id]) for some in (before, after))
        assert less in (told, "unknown"), check.id


def test_fleet_alignment_makes_clusters_agree() -> None:
    """What the fleet's check asks of one cluster settles the setting between two."""
    differ = next(check for check in FLEET if check.name == "settings_differ")
    for example in differ.fails:
        assert isinstance(example, tuple)
        prices = Prices()
        run(example, (differ,), today=TODAY, cost=prices)
        for cluster, sets in prices.asked:
            aligned = tuple(put(one, dict(sets)) if one.name == cluster.name else one for one in example)
            fields = {finding.field for finding in findings(differ, aligned)}
            assert not fields & set(sets)
