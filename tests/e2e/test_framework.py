"""`--framework`: the findings that it asks for, by its controls, in every format."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLUSTERS = ROOT / "examples/contoso/clusters"

Seawall = Callable[..., subprocess.CompletedProcess[str]]


def test_table(seawall: Seawall) -> None:
    text = seawall("audit", CLUSTERS, "--framework", "cis-aks").stdout
    assert "CIS Azure Kubernetes Service Benchmark 1.8 (" in text
    assert "FAIL       5.4.4" in text
    assert "PASS       5.4.3" in text
    assert "cannot be decided from this input (12 controls): 3.1.1" in text
    assert "AKS-UPK-" not in text


def test_json_holds_every_control(seawall: Seawall) -> None:
    report = json.loads(seawall("check", CLUSTERS, "--framework", "guide", "-f", "json").stdout)
    (framework,) = report["frameworks"]
    controls = {control["id"]: control for control in framework["controls"]}
    assert controls["network-policy"]["status"] == "fail"
    assert controls["vulnerabilities"]["status"] == "undecided"
    assert controls["vulnerabilities"]["reason"] == "the input holds no image"
    assert controls["pipeline"]["status"] == "not_decidable"
    assert {finding["rule"] for finding in report["findings"]} <= {c for k in controls.values() for c in k["checks"]}


def test_sarif_tags_rules_with_controls(seawall: Seawall) -> None:
    log = json.loads(seawall("audit", CLUSTERS, "--framework", "cis-aks", "-f", "sarif").stdout)
    rules = {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert "cis-aks/5.4.4" in rules["AKS-NET-003"]["properties"]["tags"]


def test_without_one_there_is_none(seawall: Seawall) -> None:
    assert json.loads(seawall("audit", CLUSTERS, "-f", "json").stdout)["frameworks"] is None


def test_separate_resources_are_one_line(seawall: Seawall) -> None:
    lines = seawall("audit", CLUSTERS).stdout.splitlines()
    assert sum("settings that are separate resources" in line for line in lines) == 1
    assert sum("not in this input (a separate resource:" in line for line in lines) == 1
