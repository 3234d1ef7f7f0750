"""Clusters held against a baseline."""

from __future__ import annotations

import json

from .conftest import ROOT, Seawall

CLUSTERS = ROOT / "examples/contoso/clusters"


def told(seawall: Seawall, one: str, other: str) -> dict[str, dict[str, str]]:
    words = ("audit", CLUSTERS / f"{one}.json", "--baseline", CLUSTERS / f"{other}.json", "--as-of", "2026-11-23")
    report = json.loads(seawall(*words, "-f", "json").stdout)
    found = [finding for finding in report["findings"] if finding["rule"] == "AKS-FLT-003"]
    return {finding["field"]: finding for finding in found if finding["status"] == "fail"}


def test_which_side_is_weaker(seawall: Seawall) -> None:
    down, up = told(seawall, "prod", "staging"), told(seawall, "staging", "prod")
    assert down.keys() == up.keys()
    assert "weaker than the baseline shop-staging" in down["network.policy"]["message"]
    assert down["network.policy"]["severity"] == "high"
    assert "stronger than the baseline shop-prod" in up["network.policy"]["message"]
    assert up["network.policy"]["severity"] == "info"


def test_a_cluster_is_like_itself(seawall: Seawall) -> None:
    assert told(seawall, "prod", "prod") == {}


def test_a_baseline_that_is_not_there(seawall: Seawall) -> None:
    done = seawall("audit", CLUSTERS / "prod.json", "--baseline", "gone.json")
    assert done.returncode == 2
    assert "gone.json" in done.stdout
