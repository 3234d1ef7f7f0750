"""The Terraform guard as people and pipelines run it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .conftest import ROOT, Seawall

PLAN = ROOT / "examples/plans/replaced.json"
GOLDEN = ROOT / "tests/golden/guard.table"


def test_a_plan_as_people_see_it(seawall: Seawall) -> None:
    done = seawall("guard", PLAN.relative_to(ROOT), "--as-of", "2026-11-23", cwd=ROOT)
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        GOLDEN.write_text(done.stdout)
    assert done.returncode == 1
    assert done.stdout == GOLDEN.read_text()


def test_every_format(seawall: Seawall) -> None:
    report = json.loads(seawall("guard", PLAN, "-f", "json", "--as-of", "2026-11-23").stdout)
    rules = {finding["rule"] for finding in report["findings"] if finding["status"] == "fail"}
    assert rules == {"AKS-PLN-001", "AKS-PLN-003", "AKS-PLN-004"}
    sarif = json.loads(seawall("guard", PLAN, "-f", "sarif", "--as-of", "2026-11-23").stdout)
    assert rules <= {result["ruleId"] for result in sarif["runs"][0]["results"]}


def test_nothing_of_aks_changes(seawall: Seawall, tmp_path: Path) -> None:
    plan = {"format_version": "1.2", "planned_values": {"root_module": {}}, "resource_changes": []}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    done = seawall("guard", "plan.json", "--fail-on-unknown")
    assert done.returncode == 0
    assert "PASS: nothing of AKS changes; nothing fails the gate" in done.stdout


def test_what_is_no_plan(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"format_version": "1.0", "values": {"root_module": {}}}')
    (tmp_path / "new.json").write_text('{"format_version": "2.0", "planned_values": {}}')
    (tmp_path / "half.json").write_text('{"format_version": "1.2", "planned_val')
    for name, why in (("state", "a state"), ("new", "format_version 2.0"), ("half", "JSON"), ("gone", "")):
        done = seawall("guard", f"{name}.json")
        assert done.returncode == 2
        assert why in done.stdout


def test_it_is_explained(seawall: Seawall) -> None:
    assert "AKS-PLN-004" in seawall("explain").stdout
    assert "AKS-PLN-001: The plan replaces a cluster" in seawall("explain", "replaced").stdout
