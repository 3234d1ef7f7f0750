"""What the JSON report promises; the contract test holds it against its published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

import seawall.reports
from seawall.model import Report
from seawall.reports import render

SCHEMA = json.loads((Path(seawall.reports.__file__).parent / "schema/report.schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("findings", "severity", "HIGH"),
        ("findings", "status", "pass"),
        ("findings", "id", None),
        ("packages", "purl", 1),
    ],
)
def test_the_schema_refuses_what_is_wrong(estate: Report, part: str, field: str, value: object) -> None:
    document = json.loads(render(estate, "json"))
    document[part][0][field] = value
    assert not jsonschema_rs.Draft202012Validator(SCHEMA).is_valid(document)


def test_the_promised_fields_in_their_words(estate: Report) -> None:
    document = json.loads(render(estate, "json"))
    assert document["schema"] == "seawall-report/1"
    assert document["verdict"]["exit_code"] == 1
    by_rule = {finding["rule"]: finding for finding in document["findings"]}
    network = by_rule["AKS-NET-003"]
    assert network["severity"] == "high"
    assert network["change"]["cost"] == "reimage"
    assert network["change"]["one_way"] is True
    assert network["package"] is network["fix"] is network["epss"] is None
    log4j = by_rule["CVE-2021-44228"]
    assert log4j["fix"] == {"state": "fixed", "version": "2.15.0"}
    assert log4j["kev"] is True
    assert log4j["change"] is log4j["location"] is None
    assert [package["name"] for package in document["packages"]] == ["openssl", "apt", "django"]


def test_a_name_that_is_not_utf8_is_valid_json_for_everyone(estate: Report) -> None:
    text = render(estate, "json")
    text.encode("utf-8")
    paths = {finding["package"]["path"] for finding in json.loads(text)["findings"] if finding["package"]}
    assert r"a\udc80/package.json" in paths
