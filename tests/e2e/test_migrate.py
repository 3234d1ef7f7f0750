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


def test_profiles_mend_what_they_say(seawall: Seawall) -> None:
    """`--to gold` mends all that `--to hardened` does, and low severity as well."""
    dev = CLUSTERS / "dev.json"
    hardened, gold = (
        json.loads(seawall("migrate", dev, "--to", profile, "-f", "json", *DAY).stdout)
        for profile in ("hardened", "gold")
    )
    assert hardened["mends"]
    assert set(hardened["mends"]) < set(gold["mends"])
    plain = json.loads(seawall("migrate", dev, "-f", "json", *DAY).stdout)
    assert plain == hardened, "hardened is what is meant where nothing is said"


def test_fix_mends_these_and_what_they_need(seawall: Seawall) -> None:
    words = ("migrate", CLUSTERS / "prod.json", "-f", "json", *DAY)
    one = json.loads(seawall(*words, "--fix", "AKS-NET-003").stdout)
    both = json.loads(seawall(*words, "--fix", "AKS-NET-003, AKS-ACC-004").stdout)
    assert one["mends"] == ["AKS-NET-003"]
    assert both["mends"] == ["AKS-ACC-004", "AKS-NET-003"]
    refused = seawall(*words, "--fix", "AKS-NET-003", "--to", "gold")
    assert refused.returncode == 2


def test_the_new_cluster_as_code(seawall: Seawall, tmp_path: Path) -> None:
    words = ("migrate", CLUSTERS / "prod.json", "--set", "network.service_cidr=10.9.0.0/16", "-f", "json", *DAY)
    for kind, name, start in (
        ("az", "create.sh", "#!/usr/bin/env bash"),
        ("bicep", "main.bicep", "// shop-prod-2, in place of shop-prod"),
        ("terraform", "main.tf", "# shop-prod-2, in place of shop-prod"),
    ):
        done = seawall(*words, "--as", kind)
        code = json.loads(done.stdout)["code"]
        assert list(code) == [name], done.stderr
        assert code[name].startswith(start)
        (tmp_path / kind).mkdir()
        (tmp_path / kind / name).write_text(code[name])
        if kind != "az":
            audit = seawall("audit", tmp_path / kind, "-f", "json", "--as-of", "2026-11-23")
            (cluster,) = json.loads(audit.stdout)["coverage"]["clusters"]
            assert cluster["name"] == "shop-prod-2"


def test_what_could_not_be_read_of_the_manifests_is_told(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text("kind: Deployment\nmetadata: {name: web}\n")
    (tmp_path / "chart.yaml").write_text("{{- if .Values.x }}\nkind: Deployment\n{{- end }}\n")
    words = ("migrate", CLUSTERS / "prod.json", "--set", "network.service_cidr=10.9.0.0/16", *DAY)
    done = seawall(*words, "--manifests", tmp_path)
    assert done.returncode == 0
    assert "workloads: 1 Deployment" in done.stdout
    assert "helm template" in done.stdout
    without = seawall(*words)
    assert "not assessed: inventory" in without.stdout
