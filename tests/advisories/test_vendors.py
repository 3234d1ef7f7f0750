"""The vendors' own feeds: small documents in their formats, with facts from real ones, and who they say is affected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.advisories import csaf, debian_tracker, oval, secdb, update
from seawall.advisories.feed import Records, Skipped
from seawall.advisories.match import match
from seawall.advisories.store import LEAST_RECORDS, Store
from seawall.advisories.vendors import VENDORS, addresses
from seawall.errors import Malformed
from seawall.model import Advisory, Distro, FixState, Package, Range, Severity
from seawall.safe.limits import DEFAULT

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def advisories(records: Records) -> list[Advisory]:
    return [advisory for found in records if not isinstance(found, Skipped) for advisory in found]


OPERATIONS = {"<": "less than", "<=": "less than or equal", ">": "greater than", ">=": "greater than or equal"}


def definition(number: int, package: str, *bounds: str, patchable: str = "true", operator: str = "AND") -> list[str]:
    """Definition, tests, objects, states of one flaw; a bound is `< 0:1.2-3.azl3`."""
    parts = ["", "", "", ""]
    criteria = ""
    for at, bound in enumerate(bounds):
        sign, evr = bound.split()
        ref = f"x:tst:{number}{at}"
        criteria += f'<criterion comment="" test_ref="{ref}"/>'
        parts[1] += (
            f'<l:rpminfo_test id="{ref}"><l:object object_ref="o{number}{at}"/><l:state state_ref="s{number}{at}"/>'
            "</l:rpminfo_test>"
        )
        parts[2] += f'<l:rpminfo_object id="o{number}{at}"><l:name>{package}</l:name></l:rpminfo_object>'
        parts[3] += (
            f'<l:rpminfo_state id="s{number}{at}"><l:evr operation="{OPERATIONS.get(sign, sign)}">{evr}</l:evr>'
            "</l:rpminfo_state>"
        )
    parts[0] = (
        f'<definition id="oval:com.microsoft.azurelinux:def:{number}"><metadata><title>CVE-2024-{number} in {package}'
        f'</title><reference ref_id="CVE-2024-{number}" ref_url="https://nvd.nist.gov/{number}" source="CVE"/>'
        f"<patchable>{patchable}</patchable><severity>Critical</severity></metadata>"
        f'<criteria operator="{operator}">{criteria}</criteria></definition>'
    )
    return parts


def document(*definitions: list[str]) -> bytes:
    names = ("definitions", "tests", "objects", "states")
    lists = ["".join(parts) for parts in zip(*definitions, strict=True)]
    body = "".join(f"<{name}>{part}</{name}>" for name, part in zip(names, lists, strict=True))
    spaces = "http://oval.mitre.org/XMLSchema/oval-definitions-5"
    return f'<oval_definitions xmlns="{spaces}" xmlns:l="{spaces}#linux">{body}</oval_definitions>'.encode()


def read_oval(*definitions: list[str], where: str = "azurelinux-3.0-oval.xml") -> Records:
    return list(oval.read(document(*definitions), source="Azure Linux OVAL", where=where, limits=DEFAULT))


@pytest.mark.parametrize(("bounds", "patchable", "version", "hit"), [
    (["< 0:2.6.7-3.azl3"], "true", "2.6.7-2.azl3", True),
    (["< 0:2.6.7-3.azl3"], "true", "2.6.7-3.azl3", False),
    (["<= 0:9.16.33-1.azl3"], "false", "9.16.33-1.azl3", True),
    (["<= 0:9.16.33-1.azl3"], "false", "9.16.33-2.azl3", False),
    (["<= 0:9.16.33-1.azl3"], "true", "9.16.33-1.azl3", True),
    (["< 0:1.20.7-1.azl3", "> 0:1.19.0.azl3"], "true", "1.19.0-1.azl3", False),
    (["< 0:1.20.7-1.azl3", "> 0:1.19.0-1.azl3"], "true", "1.19.0-1.azl3", False),
    (["< 0:1.20.7-1.azl3", "> 0:1.19.0-1.azl3"], "true", "1.19.0-2.azl3", True),
    (["< 0:1.20.7-1.azl3", "> 0:1.19.0-1.azl3"], "true", "1.20.7-1.azl3", False),
    ([">= 0:1.5-1.azl3", "<= 0:1.7-1.azl3"], "true", "1.5-1.azl3", True),
    ([">= 0:1.5-1.azl3", "<= 0:1.7-1.azl3"], "true", "1.4-1.azl3", False),
    ([">= 0:1.5-1.azl3", "<= 0:1.7-1.azl3"], "true", "1.7-2.azl3", False),
    (["< 0:5.38.2-509.azl3"], "true", "4:5.38.2-508.azl3", True),
    (["< 0:5.38.2-509.azl3"], "true", "4:5.38.2-509.azl3", False),
])  # fmt: skip
def test_every_operator_of_azure_linux_s_oval(bounds: list[str], patchable: str, version: str, hit: bool) -> None:
    """Trivy drops lower bounds, and for what has no patch also the upper one. The feed knows no epochs."""
    (advisory,) = advisories(read_oval(definition(7, "bind", *bounds, patchable=patchable)))
    assert (advisory.id, advisory.aliases, advisory.ecosystem) == ("AZL-7", ("CVE-2024-7",), "Azure Linux:3")
    assert advisory.severity is Severity.CRITICAL

    class One:
        def lookup(self, ecosystem: str, name: str) -> list[Advisory]:
            return [advisory] if (ecosystem, name) == ("Azure Linux:3", "bind") else []

        def covers(self, ecosystem: str) -> bool:
            return True

        def exploited(self, cve: str) -> bool:
            return False

        def epss(self, cve: str) -> float | None:
            return None

    package = Package(type="rpm", name="bind-libs", version=version, source="bind", source_version=version)
    result = match([package], Distro(id="azurelinux", version="3.0"), One())
    assert [each.id for each in result.matches] == (["CVE-2024-7"] if hit else [])


def test_oval_alternatives_and_what_does_not_apply() -> None:
    either = definition(1, "a", "< 1-1.cm2", "equals 2-1.cm2", operator="OR")
    never = definition(2, "a", "<= 1-1.cm2", patchable="Not Applicable")
    strange = definition(3, "a", "pattern 1-1.cm2")
    records = list(read_oval(either, never, strange))
    (advisory,) = advisories(records)
    assert advisory.ecosystem == "Azure Linux:2"
    assert advisory.ranges == (Range(fixed="1-1.cm2"), Range(introduced="2-1.cm2", last_affected="2-1.cm2"))
    assert records[1:] == [Skipped.NOT_APPLICABLE, Skipped.NO_VERSIONS]


def test_oval_of_a_release_that_only_the_file_names() -> None:
    (advisory,) = advisories(read_oval(definition(1, "a", "< 1-1")))
    assert advisory.ecosystem == "Azure Linux:3"
    assert advisories(read_oval(definition(1, "a", "< 1-1"), where="x.xml")) == []


TRACKER = {
    "curl": {
        "CVE-2024-1": {
            "description": "a flaw",
            "releases": {
                "bookworm": {"status": "resolved", "fixed_version": "7.88.1-10+deb12u6", "urgency": "not yet assigned"},
                "trixie": {"status": "open", "urgency": "low"},
                "sid": {"status": "open", "urgency": "low"},
            },
        },
        "CVE-2024-2": {"releases": {"bookworm": {"status": "open", "urgency": "low", "nodsa_reason": "ignored"}}},
        "CVE-2024-3": {"releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}},
        "CVE-2024-4": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0", "urgency": "medium**"}}},
        "CVE-2024-5": {"releases": {"bookworm": {"status": "undetermined", "urgency": "medium"}}},
        "CVE-2024-6": {"releases": {"buster": {"status": "open", "urgency": "end-of-life"}}},
        "CVE-2024-7": {"releases": []},
        "TEMP-0000-1": {"releases": {"bookworm": {"status": "open", "urgency": "medium*", "nodsa_reason": ""}}},
    }
}


def test_debian_s_tracker() -> None:
    records = list(
        debian_tracker.read(msgspec.json.encode(TRACKER), source="Debian tracker", where="x", limits=DEFAULT)
    )
    found = {(each.id, each.ecosystem): each for each in advisories(records)}
    assert set(found) == {
        ("DEBIAN-CVE-2024-1", "Debian:12"),
        ("DEBIAN-CVE-2024-1", "Debian:13"),
        ("DEBIAN-CVE-2024-2", "Debian:12"),
        ("DEBIAN-CVE-2024-3", "Debian:12"),
        ("DEBIAN-CVE-2024-6", "Debian:10"),
        ("TEMP-0000-1", "Debian:12"),
    }
    assert found["DEBIAN-CVE-2024-1", "Debian:12"].ranges == (Range(fixed="7.88.1-10+deb12u6"),)
    assert found["DEBIAN-CVE-2024-1", "Debian:13"].ranges == (Range(),)
    assert found["DEBIAN-CVE-2024-2", "Debian:12"].will_not_fix
    assert found["DEBIAN-CVE-2024-6", "Debian:10"].will_not_fix
    assert not found["TEMP-0000-1", "Debian:12"].will_not_fix
    words = [each.severity for each in advisories(records)]
    assert words == [Severity.UNKNOWN, Severity.LOW, Severity.LOW, Severity.INFO, Severity.UNKNOWN, Severity.MEDIUM]
    skipped = [record for record in records if isinstance(record, Skipped)]
    assert skipped == [Skipped.NOT_APPLICABLE, Skipped.UNDETERMINED, Skipped.ELSEWHERE]


def test_alpine_s_secdb() -> None:
    fixes = {"1.1.1-r0": ["CVE-2024-1 CVE-2024-2"], "1.1.1-r4": ["CVE-2024-2", "XSA-1"], "0": ["CVE-2024-3"]}
    packages = [{"pkg": {"name": "openssl", "secfixes": fixes}}, {"pkg": {"name": "zlib", "secfixes": None}}]
    database = {"distroversion": "v3.20", "reponame": "main", "packages": packages}
    records = list(secdb.read(msgspec.json.encode(database), source="Alpine secdb", where="x", limits=DEFAULT))
    found = {each.id: each for each in advisories(records)}
    assert {each.ecosystem for each in found.values()} == {"Alpine:v3.20"}
    assert [each.fixed for each in found["ALPINE-CVE-2024-2"].ranges] == ["1.1.1-r0", "1.1.1-r4"]
    assert found["ALPINE-CVE-2024-1"].aliases == ("CVE-2024-1",)
    assert set(found) == {"ALPINE-CVE-2024-1", "ALPINE-CVE-2024-2", "XSA-1"}
    assert records.count(Skipped.NOT_APPLICABLE) == 1


def product(name: str, *, cpe: str = "", purl: str = "", label: str = "") -> dict[str, Any]:
    helper = {"cpe": cpe} if cpe else {"purl": purl} if purl else {}
    return {
        "category": "x",
        "product": {"product_id": name, "name": label or name, "product_identification_helper": helper},
    }


def component(package: str, platform: str, name: str = "") -> dict[str, Any]:
    full = {"product_id": name or f"{platform}:{package}", "name": ""}
    return {"full_product_name": full, "product_reference": package, "relates_to_product_reference": platform}


def vex(branches: list[Any], relationships: list[Any], status: dict[str, list[str]], **flaw: Any) -> list[Advisory]:
    content = {
        "document": {"title": "t", "tracking": {"current_release_date": "2026-01-01T00:00:00Z"}},
        "product_tree": {"branches": [{"branches": branches}], "relationships": relationships},
        "vulnerabilities": [{"cve": "CVE-2023-6228", "title": "libtiff: overflow", "product_status": status, **flaw}],
    }
    return advisories(csaf.read(msgspec.json.encode(content), source="Red Hat VEX", where="x", limits=DEFAULT))


RHEL = [product(f"red_hat_enterprise_linux_{n}", cpe=f"cpe:/o:redhat:enterprise_linux:{n}") for n in (7, 9, 10)]


def test_red_hat_s_vex_of_what_is_not_fixed() -> None:
    """As cve-2023-6228.json has it: affected by name alone, and out of support in RHEL 7."""
    seven, ten = "red_hat_enterprise_linux_7", "red_hat_enterprise_linux_10"
    found = vex(
        [*RHEL, product("libtiff")],
        [component("libtiff", seven), component("libtiff", ten)],
        {"known_affected": [f"{seven}:libtiff", f"{ten}:libtiff"]},
        remediations=[
            {"category": "no_fix_planned", "details": "Out of support scope", "product_ids": [f"{seven}:libtiff"]},
            {"category": "none_available", "details": "Affected", "product_ids": [f"{ten}:libtiff"]},
        ],
        threats=[{"category": "impact", "details": "Low", "product_ids": [f"{seven}:libtiff", f"{ten}:libtiff"]}],
        scores=[{"products": [f"{ten}:libtiff"], "cvss_v3": {"vectorString": "CVSS:3.1/AV:L"}}],
    )
    assert [(each.ecosystem, each.package, each.ranges, each.will_not_fix, each.cvss) for each in found] == [
        ("Red Hat:enterprise_linux:7", "libtiff", (Range(),), True, ""),
        ("Red Hat:enterprise_linux:10", "libtiff", (Range(),), False, "CVSS:3.1/AV:L"),
    ]
    assert {each.severity for each in found} == {Severity.LOW}


def test_red_hat_s_vex_of_what_is_fixed() -> None:
    """Source packages of RHEL, without its extended releases; those of a module have its name before theirs."""
    base, extended, modules = "BaseOS-9.4", "AppStream-9.2.EUS", "AppStream-9.4:nodejs:18:90400"
    found = vex(
        [
            product(base, cpe="cpe:/o:redhat:enterprise_linux:9::baseos"),
            product(extended, cpe="cpe:/a:redhat:rhel_eus:9.2::appstream"),
            product("nodejs:18:90400", purl="pkg:rpmmod/redhat/nodejs@18:90400:rhel9"),
            product("libtiff-0:4.4.0-13.el9.src", purl="pkg:rpm/redhat/libtiff@4.4.0-13.el9?arch=src"),
            product("bind-32:9.16-1.el9.src", purl="pkg:rpm/redhat/bind@9.16-1.el9?arch=src&epoch=32"),
            product("libtiff-0:4.4.0-13.el9.x86_64", purl="pkg:rpm/redhat/libtiff@4.4.0-13.el9?arch=x86_64"),
            product("nodejs-1:18.1-1.module+el9.src"),
        ],
        [
            component("libtiff-0:4.4.0-13.el9.src", base, "a"),
            component("libtiff-0:4.4.0-13.el9.x86_64", base, "b"),
            component("libtiff-0:4.4.0-13.el9.src", extended, "c"),
            component("bind-32:9.16-1.el9.src", base, "d"),
            component("nodejs:18:90400", base, modules),
            component("nodejs-1:18.1-1.module+el9.src", modules, "e"),
        ],
        {"fixed": ["a", "b", "c", "d", "e"], "known_not_affected": ["a"]},
    )
    assert [(each.package, each.ranges[0].fixed, each.modules) for each in found] == [
        ("libtiff", "4.4.0-13.el9", ()),
        ("bind", "32:9.16-1.el9", ()),
        ("nodejs:18::nodejs", "1:18.1-1.module+el9", ("nodejs:18",)),
    ]
    assert {each.ecosystem for each in found} == {"Red Hat:enterprise_linux:9"}


def test_microsoft_s_vex_of_azure_linux() -> None:
    found = vex(
        [
            product("17084", label="Azure Linux 3.0"),
            product("9999", label="Windows Server 2022"),
            product("1", label="<azl3 python3 3.12.9-5"),
            product("2", label="azl3 python3 3.12.9-5"),
            product("3", label="azl3 golang 1.24.1-1"),
        ],
        [component("1", "17084"), component("2", "17084"), component("3", "17084"), component("3", "9999")],
        {"known_affected": ["17084:1", "17084:3", "9999:3"], "fixed": ["17084:2"]},
    )
    assert [(each.ecosystem, each.package, each.ranges) for each in found] == [
        ("Azure Linux:3", "python3", (Range(fixed="3.12.9-5.azl3"),)),
        ("Azure Linux:3", "golang", (Range(last_affected="1.24.1-1.azl3"),)),
    ]


@pytest.mark.parametrize("source", VENDORS)
def test_what_is_no_such_document_is_malformed(source: str) -> None:
    for data in (b"", b"{", b"<html>", b"[1]", b'{"a": 1}'):
        with pytest.raises(Malformed):
            list(VENDORS[source].reader(data, source=source, where="x", limits=DEFAULT))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of vendors' feeds, and a bundle of OSV's that they speak beside."""
    (tmp_path / "Debian").mkdir()
    (tmp_path / "Debian/tracker.json").write_bytes(msgspec.json.encode(TRACKER))
    (tmp_path / "Azure Linux").mkdir()
    many = [definition(n, "bind", "< 1-1.azl3") for n in range(LEAST_RECORDS)]
    (tmp_path / "Azure Linux/azurelinux-3.0-oval.xml").write_bytes(document(*many))
    (tmp_path / "Azure Linux/cbl-mariner-2.0-oval.xml").write_bytes(b"<broken")
    return tmp_path


def test_a_folder_of_vendors_feeds(root: Path, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    summary = update.import_folder(root, db, now=NOW)
    assert [(feed.source, feed.records, feed.skipped) for feed in summary.feeds] == [
        ("Azure Linux OVAL", LEAST_RECORDS, 1),
        ("Debian tracker", 5, 3),
    ]
    assert [note.what for note in summary.damaged] == ["advisory of Azure Linux OVAL"]
    with Store.open(db) as store:
        assert store.covers("Azure Linux:3")
        assert not store.covers("Debian:12")
        (one,) = match(
            [Package(type="deb", name="curl", version="1-1")], Distro(id="debian", version="13"), store
        ).matches
    assert (one.id, one.fix.state, one.scored_by) == ("CVE-2024-1", FixState.NOT_FIXED, "Debian tracker, its own word")
    update.import_folder(root, db, now=NOW, ecosystems=["Debian"])
    with Store.open(db) as store:
        assert store.covers("Azure Linux:3")


def test_addresses_are_the_vendor_s_or_a_mirror_s() -> None:
    assert addresses(["Debian", "npm"]) == {"Debian tracker": ["https://security-tracker.debian.org/tracker/data/json"]}
    urls = addresses(["Azure Linux"], "https://mirror")["Azure Linux OVAL"]
    assert urls[0] == "https://mirror/Azure%20Linux/azurelinux-3.0-oval.xml"
