"""VEX statements: documents in three formats, what they are about, and what they do to findings and the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.checks.vex import apply, idle, matched
from seawall.errors import Malformed, Unsupported
from seawall.gate import judge
from seawall.model import Finding, Image, PackageRef, Severity, Subject
from seawall.model.vex import Statement
from seawall.sources.images.vex import read_vex, statements
from shared_data import SHARED

PURL = "pkg:deb/debian/bash@5.1?arch=amd64"
DIGEST = "sha256:" + "a" * 64
IMAGE = Image(name="shop.example/os/debian:12", digest=DIGEST)


def found(purl: str = PURL, rule: str = "DEBIAN-CVE-2022-3715") -> Finding:
    return Finding(
        rule=rule,
        title="",
        severity=Severity.CRITICAL,
        subject=Subject(kind="image", name=IMAGE.name),
        message="",
        aliases=("CVE-2022-3715",),
        package=PackageRef(purl=purl, name="bash", version="5.1"),
    )


def said(product: str, package: str = "", status: str = "not_affected", time: str = "", image: str = "") -> Statement:
    return Statement(
        vulnerabilities=("CVE-2022-3715",), product=product, package=package, status=status, time=time, image=image
    )


def waived(*spoken: Statement) -> bool:
    (finding,) = apply([found()], IMAGE, spoken)
    return bool(finding.waived)


@pytest.mark.parametrize(
    ("product", "package", "counts"),
    [
        ("pkg:deb/debian/bash", "", True),
        ("pkg:deb/debian/bash@5.1", "", True),
        ("pkg:deb/debian/bash@5.2", "", False),
        ("pkg:deb/debian/bash?arch=arm64", "", False),
        ("pkg:deb/ubuntu/bash", "", False),
        ("pkg:oci/debian", "pkg:deb/debian/bash", True),
        ("pkg:oci/debian", "", True),
        ("pkg:oci/debian", "pkg:deb/debian/dash", False),
        ("pkg:oci/debian", "bash", False),
        ("pkg:oci/ubuntu", "pkg:deb/debian/bash", False),
        (f"pkg:oci/debian@{DIGEST}", "pkg:deb/debian/bash", True),
        (f"pkg:oci/debian@{DIGEST[:-1]}b", "pkg:deb/debian/bash", False),
        ("pkg:oci/debian?repository_url=shop.example/os/debian", "", True),
        ("pkg:oci/debian?repository_url=other.example/os/debian", "", False),
        ("pkg:deb/debian/readline", "pkg:deb/debian/bash", False),
        ("", "", False),
    ],
)
def test_what_a_statement_is_about(product: str, package: str, counts: bool) -> None:
    assert waived(said(product, package)) is counts


def test_the_newest_statement_counts() -> None:
    bash = "pkg:deb/debian/bash"
    old, new = "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
    assert waived(said(bash, status="affected", time=old), said(bash, status="fixed", time=new))
    assert not waived(said(bash, status="not_affected", time=old), said(bash, status="affected", time=new))
    assert not waived(said(bash, status="under_investigation"))
    assert not waived(said(bash, image="shop.example/another:1"))


def test_a_waived_flaw_is_shown_and_fails_nothing() -> None:
    (finding,) = apply([found()], IMAGE, [said("pkg:deb/debian/bash")])
    assert finding.waived.startswith("not_affected, says an author who is not named")
    assert "no signature was checked" in finding.waived
    verdict = judge([finding], [])
    assert (verdict.exit_code, verdict.reasons) == (0, ("nothing fails the gate", "1 finding waived, not counted"))
    assert judge([found()], []).exit_code == 1


@pytest.mark.skipif(SHARED is None, reason="the shared data is not there")
@pytest.mark.parametrize(
    ("name", "number", "first"),
    [
        ("openvex", 1, ("CVE-2021-44228", "pkg:maven/org.springframework.boot/spring-boot@2.6.0", "")),
        ("openvex-oci", 1, ("CVE-2022-3715", "pkg:oci/debian", "pkg:deb/debian/bash")),
        ("csaf", 1, ("CVE-2024-0001", "pkg:golang/github.com/aquasecurity/go-transitive@v4.0.0", "")),
        ("cyclonedx", 2, ("CVE-2021-44228", "pkg:maven/org.springframework.boot/spring-boot@2.6.0", "")),
    ],
)
def test_real_documents(name: str, number: int, first: tuple[str, str, str]) -> None:
    assert SHARED
    read = read_vex(Path(SHARED) / f"packages/vex/{name}.json")
    assert len(read) == number
    assert (read[0].vulnerabilities[0], read[0].product, read[0].package) == first
    assert {each.status for each in read} == {"not_affected"}


@pytest.mark.skipif(SHARED is None, reason="the shared data is not there")
def test_a_product_with_a_part_in_csaf() -> None:
    assert SHARED
    (read,) = read_vex(Path(SHARED) / "packages/vex/csaf-relationships.json")
    assert read.product
    assert read.package


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"status": 1}]},
        {"document": {"csaf_version": "2.0"}, "product_tree": {"relationships": [{}]}},
        {"document": {"csaf_version": "2.0"}, "product_tree": {"branches": [1]}, "vulnerabilities": [{}]},
        {"bomFormat": "CycloneDX", "vulnerabilities": {}},
    ],
)
def test_damaged_documents(document: object) -> None:
    with pytest.raises(Malformed, match="not the VEX document"):
        statements(document, where="vex.json")


@pytest.mark.parametrize("document", [{}, [], "x", {"document": None}])
def test_what_is_no_vex(document: object) -> None:
    with pytest.raises(Unsupported):
        statements(document, where="vex.json")


def test_statements_that_match_nothing_are_told() -> None:
    hit, miss = said("pkg:deb/debian/bash"), said("pkg:deb/debian/bsah")
    used = matched([found()], IMAGE, [hit, miss])
    assert used == {hit}
    (told,) = idle([hit, miss], used)
    assert told.what == "1 of 2 VEX statements"
    assert told.why.endswith(": CVE-2022-3715 in pkg:deb/debian/bsah")
    assert list(idle([hit], used)) == []
