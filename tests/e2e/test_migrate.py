"""`seawall migrate` as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import ROOT, Seawall

CLUSTERS = ROOT / "examples/contoso/clusters"
DAY = ("--as-of", "2026-11-23")


def test_a_plan_for_people(seawall: Seawall) -> None:
    done = seawall("migrate", CLUSTERS / "prod.json", "--fix", "AKS-NET-003", *DAY)
    assert done.returncode == 0, done.stderr
    assert "--network-policy" in done.stdout
    assert "no new cluster" in done.stdout


def test_a_plan_for_programs_in_a_file(seawall: Seawall, tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    done = seawall("migrate", CLUSTERS / "prod.json", "-f", "json", "-o", target, *DAY)
    assert (done.returncode, done.stdout) == (0, "")
    plan = json.loads(target.read_text())
    assert plan["cluster"] == "shop-prod"
    assert plan["way"] in ("repair", "rebuild")
    assert all({"title", "commands", "cost", "rollback"} <= step.keys() for step in plan["steps"])


def test_a_rebuild_lists_what_has_to_move(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text("kind: Deployment\nmetadata: {name: web, namespace: shop}\n")
    done = seawall(
        "migrate", CLUSTERS / "prod.json", "--set", "network.service_cidr=10.9.0.0/16", "--manifests", tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "shop-prod: rebuild" in done.stdout
    assert "network.service_cidr has to be 10.9.0.0/16" in done.stdout
    assert "Deployment shop/web" in done.stdout


def test_nothing_to_do(seawall: Seawall) -> None:
    done = seawall("migrate", CLUSTERS / "prod.json", "--fix", "AKS-ACC-001", *DAY)
    assert (done.returncode, done.stdout) == (0, "shop-prod: nothing to do\n")


def test_what_cannot_be_planned_exits_with_2_and_says_why(seawall: Seawall, tmp_path: Path) -> None:
    export = json.loads((CLUSTERS / "prod.json").read_text())
    del export["networkProfile"]
    (tmp_path / "dark.json").write_text(json.dumps(export))
    (tmp_path / "broken.yaml").write_text("kind: [")
    for words, said in (
        ([tmp_path / "dark.json", "--fix", "AKS-NET-001"], "network.plugin"),
        ([CLUSTERS], "--cluster"),
        ([CLUSTERS / "none.json"], "none.json"),
        ([CLUSTERS / "prod.json", "--fix", "AKS-XYZ-999"], "AKS-XYZ-999"),
        ([CLUSTERS / "prod.json", "--set", "network.policy"], "SETTING=VALUE"),
        ([CLUSTERS / "prod.json", "--set", "network.policy=iptables"], "cilium"),
        ([CLUSTERS / "prod.json", "--set", "api_server.private=perhaps"], "true or false"),
        ([CLUSTERS / "prod.json", "--set", "pool.count=3"], "pool.count"),
        ([CLUSTERS / "prod.json", "--manifests", tmp_path], "broken.yaml"),
    ):
        done = seawall("migrate", *words, *DAY)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert said in done.stderr, (words, done.stderr)
