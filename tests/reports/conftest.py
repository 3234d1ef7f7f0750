"""One report that holds everything a format must be able to show."""

from __future__ import annotations

import pytest

from seawall.gate import judge
from seawall.model import (
    Change,
    ClusterCoverage,
    Cost,
    Coverage,
    FeedStatus,
    Finding,
    Fix,
    FixState,
    FleetGroup,
    FleetMember,
    FleetSetting,
    FleetValue,
    Location,
    NotAssessed,
    Package,
    PackageRef,
    Report,
    Severity,
    Status,
    Subject,
)

from .shop import DOCKERFILE_SEEN, DOCKERFILES, OUTDATED, SHOP, SHOP_ID, SHOP_SEEN

PROD = Subject(kind="cluster", name="prod-west")
NP1 = Subject(kind="pool", name="prod-west/np1")
FLEET = Subject(kind="fleet", name="contoso")
HOSTILE = Subject(kind="image", name="evil\x1b]0;owned\x07\u202e\n[x](https://evil.example)/é漢\udc80")

LAYER = "sha256:3f2a9c1be0d5" + "0" * 52
LOG4J = PackageRef(
    purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    name="org.apache.logging.log4j:log4j-core",
    version="2.14.1",
    path="app/shop.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar",
    layer=LAYER,
    from_base=False,
)
OPENSSL = PackageRef(
    purl="pkg:deb/debian/openssl@3.0.11-1~deb12u2",
    name="openssl",
    version="3.0.11-1~deb12u2",
    path="var/lib/dpkg/status",
    from_base=True,
)
DJANGO = PackageRef(
    purl="pkg:pypi/django@2.2", name="django", version="2.2", path="usr/lib/django-2.2.dist-info/METADATA"
)


def _check(rule: str, severity: Severity, subject: Subject, message: str, field: str, change: Change | None) -> Finding:
    location = Location(file="clusters/prod west.json", line=12) if subject.kind == "cluster" else None
    return Finding(
        rule=rule,
        title=message.capitalize() + ".",
        severity=severity,
        subject=subject,
        message=message,
        field=field,
        location=location,
        change=change,
        refs=("https://learn.microsoft.com/azure/aks/use-network-policies",),
    )


def _flaw(rule: str, severity: Severity, package: PackageRef, fix: Fix, **more: object) -> Finding:
    return Finding(
        rule=rule,
        title=f"A flaw in {package.name}",
        severity=severity,
        subject=SHOP,
        field=package.purl.partition("@")[0],
        message=f"{package.name} {package.version} is affected by {rule}",
        package=package,
        fix=fix,
        **more,  # type: ignore[arg-type]
    )


CHECKS = (
    _check(
        "AKS-RBAC-001",
        Severity.CRITICAL,
        PROD,
        "Kubernetes RBAC is off",
        "access.rbac",
        Change(cost=Cost.NEW_CLUSTER, note="RBAC is chosen at creation."),
    ),
    _check(
        "AKS-NET-003",
        Severity.HIGH,
        PROD,
        "no network policy engine is enabled, so that any pod can reach any other pod of the cluster",
        "network.policy",
        Change(
            cost=Cost.REIMAGE,
            one_way=True,
            command="az aks update -g GROUP -n prod-west --network-policy cilium --network-dataplane cilium",
            note="Every node is drained and reimaged, one pool after the other; plan for the surge.",
        ),
    ),
    _check(
        "AKS-NODE-002",
        Severity.MEDIUM,
        NP1,
        "disks of the host are not encrypted",
        "pool.host_encryption",
        Change(cost=Cost.NEW_POOL),
    ),
    _check("AKS-FLEET-001", Severity.LOW, FLEET, "clusters differ in upkeep.tier", "upkeep.tier", None),
)

UNDECIDED = (
    Finding(
        rule="AKS-KMS-001",
        title="Secrets are not encrypted with a key of your own.",
        severity=Severity.MEDIUM,
        status=Status.UNKNOWN,
        subject=PROD,
        field="protection.kms",
        message="the input does not say",
    ),
    Finding(
        rule="CVE-2023-0001",
        title="A version that cannot be compared",
        severity=Severity.HIGH,
        status=Status.UNKNOWN,
        subject=SHOP,
        field="pkg:pypi/odd",
        message="the version 'not-a-version' cannot be compared",
        package=PackageRef(purl="pkg:pypi/odd@not-a-version", name="odd", version="not-a-version"),
        fix=Fix(state=FixState.UNKNOWN),
    ),
)

FLAWS = (
    _flaw(
        "CVE-2021-44228",
        Severity.CRITICAL,
        LOG4J,
        Fix(state=FixState.FIXED, version="2.15.0"),
        kev=True,
        epss=0.944,
        aliases=("GHSA-jfh8-c2jp-5v3q",),
        refs=("https://nvd.nist.gov/vuln/detail/CVE-2021-44228", "javascript:alert(1)"),
    ),
    _flaw("CVE-2021-45046", Severity.CRITICAL, LOG4J, Fix(state=FixState.FIXED, version="2.16.0"), kev=True),
    _flaw("CVE-2021-44832", Severity.MEDIUM, LOG4J, Fix(state=FixState.NOT_FIXED)),
    _flaw("CVE-2019-14234", Severity.HIGH, DJANGO, Fix(state=FixState.FIXED, version="2.2.4")),
    _flaw("CVE-2024-0727", Severity.HIGH, OPENSSL, Fix(state=FixState.NOT_FIXED)),
    _flaw("CVE-2010-0928", Severity.LOW, OPENSSL, Fix(state=FixState.WILL_NOT_FIX)),
    Finding(
        rule="GHSA-\x9b2J",
        title="\x1b[2JCleared your screen [click](https://evil.example)",
        severity=Severity.UNKNOWN,
        subject=HOSTILE,
        field="pkg:npm/x",
        message="a name\r\nthat lies: \u2028PASS",
        package=PackageRef(purl="pkg:npm/x@1", name="x\u200b\x1b[31m", version="1\n2", path="a\udc80/package.json"),
        fix=Fix(state=FixState.UNKNOWN),
    ),
)

WAIVED = _flaw(
    "CVE-2023-0464",
    Severity.HIGH,
    OPENSSL,
    Fix(state=FixState.FIXED, version="3.0.11-1~deb12u3"),
    waived="not_affected, says Contoso <security> in shop.vex.json; no signature was checked",
)

GAPS = (
    NotAssessed(what="image layer", where="images/shop.tar!/blobs/sha256/ab", why="packed with lz4, which is not read"),
    NotAssessed(what="cluster setting", where="clusters/prod west.json:40", why="of a kind that was not expected"),
    NotAssessed(what="cluster setting", where="clusters/prod west.json:51", why="of a kind that was not expected"),
    NotAssessed(what="packages of\x1b[8m Alpine v3.2", where="old:1", why="no feed covers this release"),
)

COVERAGE = Coverage(
    files=3,
    clusters=(
        ClusterCoverage(
            name="prod-west", file="clusters/prod west.json", known=88, unknown=4, passed=20, failed=3, undecided=1
        ),
    ),
    images=(SHOP_SEEN,),
    dockerfiles=(DOCKERFILE_SEEN,),
    advisories=(
        FeedStatus(source="PyPI", records=18_000, newest="2026-11-22T08:00:00Z"),
        FeedStatus(source="Debian:12", records=40_000, newest="2026-11-20T08:00:00Z"),
    ),
)

PACKAGES = (
    Package(type="pypi", name="django", version="2.2", purl=DJANGO.purl, path=DJANGO.path, image=SHOP_ID),
    Package(
        type="deb",
        name="openssl",
        version=OPENSSL.version,
        purl=OPENSSL.purl,
        path=OPENSSL.path,
        layer=LAYER,
        image=SHOP_ID,
    ),
    Package(
        type="pypi",
        name="apt",
        version="2.6",
        purl="pkg:pypi/apt@2.6",
        path="usr/lib/apt.egg-info",
        owner="apt",
        image=SHOP_ID,
    ),
)


CONTOSO = FleetGroup(
    name="contoso",
    clusters=tuple(
        FleetMember(name=f"{name}-west", environment=environment)
        for name, environment in (("dev", "dev"), ("stage", "staging"), ("prod", "prod"), ("lab\x1b[2J<b>", ""))
    ),
    compared=33,
    differ=2,
    settings=(
        FleetSetting(
            path="network.policy",
            differs=True,
            values=(
                FleetValue(value="cilium", clusters=("dev-west", "stage-west")),
                FleetValue(value="none", clusters=("prod-west",), weaker=True, cost=Cost.REIMAGE, one_way=True),
                FleetValue(value=None, clusters=("lab\x1b[2J<b>-west",)),
            ),
            align_to="cilium",
            odd_one_out="prod-west",
        ),
        FleetSetting(
            path="network.plugin_mode",
            differs=True,
            values=(
                FleetValue(value="overlay", clusters=("dev-west", "stage-west", "lab\x1b[2J<b>-west")),
                FleetValue(value="none", clusters=("prod-west",), cost=Cost.NEW_CLUSTER),
            ),
            align_to="overlay",
            odd_one_out="prod-west",
        ),
    ),
)


@pytest.fixture
def estate() -> Report:
    findings = (*CHECKS, *UNDECIDED, *FLAWS, *DOCKERFILES, WAIVED)
    return Report(
        verdict=judge(findings, GAPS),
        findings=findings,
        packages=PACKAGES,
        not_assessed=GAPS,
        coverage=COVERAGE,
        outdated=OUTDATED,
        fleet=(CONTOSO,),
    )
