"""The rules of SARIF that its schema cannot say, and what code scanning asks for. The contract test has the schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seawall.model import Report
from seawall.reports import render


@pytest.fixture
def run(estate: Report) -> dict[str, Any]:
    runs: list[dict[str, Any]] = json.loads(render(estate, "sarif"))["runs"]
    return runs[0]


def test_results_point_at_their_rules(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert ids == sorted(set(ids))
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {result["ruleId"] for result in run["results"]} == set(ids)


def test_only_failures_have_a_level(run: dict[str, Any]) -> None:
    """3.27.10: where kind is not fail, the level is none."""
    assert {result["kind"] for result in run["results"]} == {"fail", "review"}
    assert all((result["level"] == "none") == (result["kind"] != "fail") for result in run["results"])


def test_every_result_has_a_fingerprint_and_a_file(estate: Report, run: dict[str, Any]) -> None:
    prints = [result["partialFingerprints"]["seawall/v1"] for result in run["results"]]
    assert sorted(prints) == sorted(finding.id for finding in estate.findings)
    uris = {result["ruleId"]: uri_of(result) for result in run["results"]}
    assert all(uris.values())
    assert uris["AKS-NET-003"] == uris["AKS-NODE-002"] == uris["AKS-FLEET-001"] == "clusters/prod%20west.json"
    assert uris["CVE-2021-44228"] == "images/shop.tar"


def uri_of(result: dict[str, Any]) -> str:
    uri: str = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def test_security_severity_is_in_the_band_of_the_word(run: dict[str, Any]) -> None:
    floors = {"critical": 9.0, "high": 7.0, "medium": 4.0, "low": 0.1}
    scores = {rule["id"]: rule["properties"].get("security-severity") for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        word, score = result["properties"]["severity"], scores[result["ruleId"]]
        assert (score is None) == (word not in floors)
        if score is not None:
            assert word == next(word for word, floor in floors.items() if float(score) >= floor)


def test_what_was_not_assessed_is_a_notification(estate: Report, run: dict[str, Any]) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["exitCode"] == 1
    told = invocation["toolExecutionNotifications"]
    assert [entry["properties"]["why"] for entry in told] == [entry.why for entry in sorted(estate.not_assessed)]


def test_no_stranger_plants_a_link(run: dict[str, Any]) -> None:
    texts = [rule["help"]["text"] for rule in run["tool"]["driver"]["rules"]]
    assert any("evil.example" in text for text in texts)
    assert not any("](" in text for text in texts)
    assert not any("javascript:" in text for text in texts)
