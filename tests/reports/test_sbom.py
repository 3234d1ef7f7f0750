"""Both SBOM formats: valid by the libraries of their makers, deterministic, and never complete in silence."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.model import (
    Coverage,
    Finding,
    ImageCoverage,
    NotAssessed,
    Package,
    PackageRef,
    Report,
    Severity,
    Subject,
    Verdict,
)
from seawall.reports import Style, render

NOON = Style(now=datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC))
IMAGE = ImageCoverage(
    name="shop:1", file="shop.tar", platform="linux/amd64", distro="debian 12", layers=1, packages=1, matched=1
)
LIBSSL = Package(
    type="deb",
    namespace="debian",
    name="libssl3",
    version="3.0.11-1",
    purl="pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12",
    source="openssl",
    source_version="3.0.11-1+b1",
    path="var/lib/dpkg/status",
    layer="sha256:ab",
)
CLEAN = Report(verdict=Verdict(passed=True, exit_code=0), packages=(LIBSSL,), coverage=Coverage(images=(IMAGE,)))


def spdx_faults(text: str, tmp_path: Path) -> list[str]:
    parsing = pytest.importorskip("spdx_tools.spdx.parser.parse_anything", reason="spdx-tools has the validator")
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    file = tmp_path / "report.spdx.json"
    file.write_text(text)
    return [message.validation_message for message in validate_full_spdx_document(parsing.parse_file(str(file)))]


@pytest.mark.parametrize("style", [Style(), NOON])
def test_spdx_is_valid_by_its_library(estate: Report, tmp_path: Path, style: Style) -> None:
    for report in (estate, CLEAN):
        assert spdx_faults(render(report, "spdx", style), tmp_path) == []


def test_cyclonedx_is_valid_by_its_library(estate: Report) -> None:
    validation = pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-python-lib has the validator")
    from cyclonedx.schema import SchemaVersion

    strict = validation.JsonStrictValidator(SchemaVersion.V1_6)
    for report in (estate, CLEAN, BOTH):
        assert strict.validate_str(render(report, "cyclonedx", NOON)) is None


def test_the_time_is_that_of_the_clock_and_no_part_of_the_identity() -> None:
    bare, timed = (json.loads(render(CLEAN, "cyclonedx", style)) for style in (Style(), NOON))
    assert "timestamp" not in bare["metadata"]
    assert timed["metadata"]["timestamp"] == "2026-11-23T12:00:00Z"
    assert bare["serialNumber"] == timed["serialNumber"]
    assert json.loads(render(CLEAN, "spdx"))["creationInfo"]["created"] == "1970-01-01T00:00:00Z"
    assert json.loads(render(CLEAN, "spdx", NOON))["creationInfo"]["created"] == "2026-11-23T12:00:00Z"


def test_what_other_tools_match_by() -> None:
    system, libssl = json.loads(render(CLEAN, "cyclonedx"))["components"]
    assert (system["type"], system["name"], system["version"]) == ("operating-system", "debian", "12")
    assert libssl["purl"] == f"{LIBSSL.purl}&upstream=openssl%403.0.11-1%2Bb1"
    assert named(libssl) == {
        "syft:package:type": "deb",
        "syft:location:0:path": "/var/lib/dpkg/status",
        "syft:location:0:layerID": "sha256:ab",
        "syft:metadata:source": "openssl",
        "syft:metadata:sourceVersion": "3.0.11-1+b1",
        "aquasecurity:trivy:SrcName": "openssl",
        "aquasecurity:trivy:SrcVersion": "3.0.11-1+b1",
    }


def test_a_document_with_gaps_is_incomplete() -> None:
    report = Report(verdict=CLEAN.verdict, not_assessed=(NotAssessed(what="layer", where="x", why="lz4"),))
    document = json.loads(render(report, "cyclonedx"))
    assert [each["aggregate"] for each in document["compositions"]] == ["incomplete"]
    assert named(document["metadata"])["seawall:notAssessed:0:why"] == "lz4"
    assert json.loads(render(report, "spdx"))["comment"].startswith("Incomplete: 1 ")


def test_what_an_sbom_has_no_room_for_is_said() -> None:
    finding = Finding(
        rule="AKS-X", title="", severity=Severity.LOW, subject=Subject(kind="cluster", name="c"), message=""
    )
    text = render(Report(verdict=CLEAN.verdict, findings=(finding,), coverage=CLEAN.coverage), "cyclonedx")
    assert "1 finding on clusters" in named(json.loads(text)["metadata"]).values()


ONE, TWO = (msgspec.structs.replace(IMAGE, name=f"shop:{n}", id=f"shop:{n}@sha256:{n}{n}") for n in "12")
FLAW = Finding(
    rule="CVE-2024-0727",
    title="",
    severity=Severity.HIGH,
    subject=Subject(kind="image", name="shop:2"),
    message="m",
    package=PackageRef(purl=LIBSSL.purl, name="libssl3", version=LIBSSL.version),
    refs=("https://example.com/a",),
)
BOTH = Report(
    verdict=CLEAN.verdict,
    packages=tuple(msgspec.structs.replace(LIBSSL, image=each.id) for each in (ONE, TWO)),
    findings=(FLAW,),
    coverage=Coverage(images=(ONE, TWO)),
)


def test_cyclonedx_tells_which_image_holds_a_package_and_its_flaw() -> None:
    document = json.loads(render(BOTH, "cyclonedx"))
    kinds = {each["bom-ref"]: each["type"] for each in document["components"]}
    images = {each["bom-ref"]: each["name"] for each in document["components"] if each["type"] == "container"}
    held = {images[each["ref"]]: each["dependsOn"] for each in document["dependencies"]}
    assert {name: [kinds[ref] for ref in refs] for name, refs in held.items()} == {
        name: ["operating-system", "library"] for name in ("shop:1", "shop:2")
    }
    assert not set(held["shop:1"]) & set(held["shop:2"])
    assert [each["ref"] for each in document["vulnerabilities"][0]["affects"]] == held["shop:2"][1:]


def test_spdx_tells_which_image_holds_a_package_and_its_flaw(tmp_path: Path) -> None:
    text = render(BOTH, "spdx")
    assert spdx_faults(text, tmp_path) == []
    document = json.loads(text)
    by_id = {each["SPDXID"]: each for each in document["packages"]}
    inside = {
        (by_id[each["spdxElementId"]]["name"], by_id[each["relatedSpdxElement"]]["name"]): each["relatedSpdxElement"]
        for each in document["relationships"]
        if each["relationshipType"] == "CONTAINS"
    }
    assert len(set(inside.values())) == len(inside) == 4
    refs = {image: len(by_id[inside[image, "libssl3"]]["externalRefs"]) for image in ("shop:1", "shop:2")}
    assert refs == {"shop:1": 1, "shop:2": 2}, "only the second has the flaw"


@pytest.mark.parametrize("name", ["cyclonedx", "spdx"])
def test_ids_say_what_a_thing_is_and_not_what_is_known_of_it(name: str) -> None:
    more = [msgspec.structs.replace(each, matched=9, layers=7, from_base=1) for each in (TWO, ONE)]
    packages = [msgspec.structs.replace(each, owner="x", origin="y") for each in BOTH.packages[::-1]]
    richer = msgspec.structs.replace(BOTH, packages=tuple(packages), coverage=Coverage(images=tuple(more)))
    ids = [re.findall(r'"(?:bom-ref|SPDXID)": "([^"]+)"', render(each, name)) for each in (BOTH, richer)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])


def named(thing: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in thing["properties"]}
