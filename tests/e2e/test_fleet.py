"""`seawall.yaml`, the matrix, profiles as baselines, and the page of HTML, as their user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import ROOT, Seawall

CLUSTERS = ROOT / "examples/contoso/clusters"
AUDIT = ("audit", CLUSTERS, "--as-of", "2026-11-23")


def test_groups_of_the_current_folder(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "seawall.yaml").write_text(
        "fleet:\n  groups:\n    - name: mine\n      clusters: {shop-dev: dev, shop-prod: prod, gone: prod}\n"
    )
    report = json.loads(seawall(*AUDIT, "-f", "json").stdout)
    (group,) = report["fleet"]
    assert group["name"] == "mine"
    assert [each["name"] for each in group["clusters"]] == ["shop-dev", "shop-prod"]
    policy = next(each for each in group["settings"] if each["path"] == "network.policy")
    assert [(each["value"], each["weaker"], each["cost"]) for each in policy["values"]] == [
        ("cilium", False, None),
        ("none", True, "reimage"),
    ]
    (gap,) = (each for each in report["not_assessed"] if each["what"] == "group of clusters")
    assert gap["where"] == "seawall.yaml:3"
    assert gap["why"].endswith("gone")


def test_the_example_is_read(seawall: Seawall) -> None:
    done = seawall(*AUDIT, "--config", ROOT / "examples/seawall.yaml")
    assert done.returncode == 1
    assert "examples/seawall.yaml:" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fleet:\n  grups: []\n", "own.yaml:2: there is no key 'grups' in fleet\n  hint: the keys of fleet are: env"),
        ("gate: {}\n", "own.yaml:1: there is no key 'gate' in the file\n  hint: the keys of the file are: fleet"),
        ("fleet:\n  groups:\n  - name: x\n", "own.yaml:3: a group needs exactly one of tag, pattern, clusters"),
        ("fleet:\n  groups:\n  - pattern: 'a-*'\n", "own.yaml:3: the group has no name"),
        ("fleet:\n  groups:\n  - name: x\n    pattern: '{foo}'\n", "own.yaml:4: the pattern '{foo}' is not one"),
        ("fleet:\n  groups:\n  - name: x\n    clusters: {a: moon}\n", "own.yaml:4: there is no environment 'moon'"),
        ("fleet: [1]\n", "own.yaml:1: fleet is not a mapping"),
        ("fleet: {}\nfleet: {}\n", "own.yaml:2: 'fleet' is written twice"),
    ],
)
def test_a_wrong_file_is_one_error_with_its_line(seawall: Seawall, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.yaml").write_text(text)
    done = seawall(*AUDIT, "--config", "own.yaml")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_profile_is_a_baseline(seawall: Seawall) -> None:
    report = json.loads(seawall(*AUDIT, "--baseline", "profile:prod", "-f", "json").stdout)
    found = [each for each in report["findings"] if each["rule"] == "AKS-FLT-003" and each["severity"] == "high"]
    assert ("shop-prod", "network.policy") in {(each["subject"]["name"], each["field"]) for each in found}
    wrong = seawall(*AUDIT, "--baseline", "profile:moon")
    assert wrong.returncode == 2
    assert "profile:dev, profile:staging, profile:prod" in wrong.stderr


def test_both_directions_are_findings(seawall: Seawall) -> None:
    report = json.loads(seawall(*AUDIT, "-f", "json").stdout)
    found = {(each["rule"], each["field"]) for each in report["findings"]}
    assert {("AKS-FLT-002", "network.policy"), ("AKS-FLT-004", "api_server.authorized_ranges")} <= found


def test_the_whole_matrix(seawall: Seawall) -> None:
    some, every = (seawall(*AUDIT, "--matrix", which).stdout for which in ("differences", "all"))
    assert "identity.oidc_issuer" not in some
    assert "identity.oidc_issuer" in every


def test_the_page(seawall: Seawall, tmp_path: Path) -> None:
    for _ in range(2):
        seawall(*AUDIT, "-f", "html", "-o", "page.html")
        page = (tmp_path / "page.html").read_bytes()
        assert page.startswith(b"<!doctype html>")
    assert seawall(*AUDIT, "-f", "html").stdout.encode() == page


def test_the_page_of_the_baseline(seawall: Seawall) -> None:
    assert "--baseline profile:prod" in seawall("explain", "AKS-FLT-003").stdout
