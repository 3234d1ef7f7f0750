"""Recorded cases of the vendors' own feeds: real documents, cut to what is asked, and who they say is affected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from seawall.advisories.feed import Skipped
from seawall.advisories.match import match
from seawall.advisories.names import key
from seawall.advisories.vendors import VENDORS
from seawall.model import Advisory, Distro, Package
from seawall.safe.limits import DEFAULT


def _csaf(cve: str, platforms: dict[str, dict[str, Any]], parts: list[tuple[str, str, str, str, str]]) -> bytes:
    """`parts`: id, package as the product names it, its purl, platform, status."""
    products = [{"product_id": id_, **more} for id_, more in platforms.items()]
    products += [
        {"product_id": name, "name": name, "product_identification_helper": {"purl": purl} if purl else {}}
        for _, name, purl, _, _ in parts
    ]
    status: dict[str, list[str]] = {}
    for id_, _, _, _, said in parts:
        status.setdefault(said, []).append(id_)
    relations = [
        {"full_product_name": {"product_id": id_}, "product_reference": name, "relates_to_product_reference": platform}
        for id_, name, _, platform, _ in parts
    ]
    tree = {"branches": [{"product": product} for product in products], "relationships": relations}
    return msgspec.json.encode(
        {"document": {}, "product_tree": tree, "vulnerabilities": [{"cve": cve, "product_status": status}]}
    )


def red_hat() -> bytes:
    """https://security.access.redhat.com/data/csaf/v2/vex/2023/cve-2023-6212.json, source packages."""
    platforms = {
        "AppStream-9.3.0.Z.MAIN": "cpe:/a:redhat:enterprise_linux:9::appstream",
        "AppStream-9.2.0.Z.EUS": "cpe:/a:redhat:rhel_eus:9.2::appstream",
        "AppStream-8.9.0.Z.MAIN": "cpe:/a:redhat:enterprise_linux:8::appstream",
        "AppStream-8.4.0.Z.AUS": "cpe:/a:redhat:rhel_aus:8.4::appstream",
        "7Server-7.9.Z": "cpe:/o:redhat:enterprise_linux:7::server",
        "red_hat_enterprise_linux_6": "cpe:/o:redhat:enterprise_linux:6",
    }
    fixed = list(zip(platforms, ("el9_3", "el9_2", "el8_9", "el8_4", "el7_9"), strict=False))
    parts = [
        (f"{on}:{name}-0:115.5.0-1.{tag}.src", f"{name}-0:115.5.0-1.{tag}.src",
         f"pkg:rpm/redhat/{name}@115.5.0-1.{tag}?arch=src", on, "fixed")
        for on, tag in fixed for name in ("firefox", "thunderbird")
    ]  # fmt: skip
    six = "red_hat_enterprise_linux_6"
    parts += [
        (f"{six}:{name}", name, f"pkg:rpm/redhat/{name}?arch=src", six, "known_affected")
        for name in ("firefox", "thunderbird")
    ]
    helpers = {name: {"name": name, "product_identification_helper": {"cpe": cpe}} for name, cpe in platforms.items()}
    return _csaf("CVE-2023-6212", helpers, parts)


def microsoft() -> bytes:
    """https://msrc.microsoft.com/csaf/vex/2025/msrc_cve-2025-26465.json, whole but for its first revision; and golang,
    affected in one version without a fix, as others of its documents have it."""
    platforms = {"17084": {"name": "Azure Linux 3.0"}, "17086": {"name": "CBL Mariner 2.0"}}
    parts = [
        ("17084-2", "<azl3 openssh 9.8p1-4", "", "17084", "known_affected"),
        ("19453-17084", "azl3 openssh 9.8p1-4", "", "17084", "fixed"),
        ("17086-1", "<cbl2 openssh 8.9p1-8", "", "17086", "known_affected"),
        ("20199-17086", "cbl2 openssh 8.9p1-8", "", "17086", "fixed"),
        ("17084-9", "azl3 golang 1.24.1-1", "", "17084", "known_affected"),
    ]
    return _csaf("CVE-2025-26465", platforms, parts)


def debian() -> bytes:
    """Entries of https://security-tracker.debian.org/tracker/data/json."""

    def flaw(**releases: tuple[str, str, str]) -> dict[str, Any]:
        keys = ("status", "fixed_version", "urgency")
        return {"releases": {code: dict(zip(keys, said, strict=True)) for code, said in releases.items()}}

    no = "not yet assigned"
    return msgspec.json.encode({
        "tar": {"CVE-2005-2541": flaw(bookworm=("open", "", "unimportant"), bullseye=("open", "", "unimportant"))},
        "coreutils": {"CVE-2016-2781": flaw(bookworm=("open", "", "low"), bullseye=("open", "", "low"))},
        "zlib": {"CVE-2023-45853": flaw(bookworm=("open", "", no), trixie=("resolved", "1:1.3.dfsg-2", no))},
        "libwebp": {"CVE-2023-4863": flaw(bookworm=("resolved", "1.2.4-0.2+deb12u1", no))},
        "perl": {"CVE-2023-31484": flaw(bookworm=("resolved", "5.36.0-7+deb12u3", no))},
        "openssl": {"CVE-2007-6755": flaw(bookworm=("resolved", "0", no))},
    })  # fmt: skip


def alpine() -> bytes:
    """Entries of https://secdb.alpinelinux.org/v3.20/main.json."""
    curl = {"7.36.0-r0": ["CVE-2014-0138", "CVE-2014-0139"], "7.50.1-r0": ["CVE-2016-5419 CVE-2016-5420"]}
    curl |= {"7.50.3-r0": ["CVE-2016-7167"], "0": ["CVE-2021-22897"]}
    packages = [{"pkg": {"name": "curl", "secfixes": curl}}]
    return msgspec.json.encode({"distroversion": "v3.20", "reponame": "main", "packages": packages})


FEEDS = {"Red Hat VEX": red_hat, "Azure Linux VEX": microsoft, "Debian tracker": debian, "Alpine secdb": alpine}

CASES = """
Red Hat VEX | rhel 9.3 | firefox | 115.5.0-1.el9_3 | - | the fixed version
Red Hat VEX | rhel 9.3 | firefox | 115.4.0-1.el9_2 | CVE-2023-6212 | the release before
Red Hat VEX | rhel 9.4 | thunderbird | 115.5.0-0.el9_3 | CVE-2023-6212 | just before
Red Hat VEX | rhel 9.4 | thunderbird | 115.6.0-1.el9_3 | - | a later one
Red Hat VEX | rhel 9.4 | firefox | 1:102.0-1.el9 | - | an epoch that the fix has not
Red Hat VEX | rhel 8.9 | firefox | 115.5.0-1.el8_9 | - | the fixed version of RHEL 8
Red Hat VEX | rhel 8.9 | firefox | 115.5.0-1.el8_4 | CVE-2023-6212 | the fix of an extended release is below
Red Hat VEX | rhel 7.9 | firefox | 115.5.0-1.el7_9 | - | the fixed version of RHEL 7
Red Hat VEX | rhel 7.9 | thunderbird | 102.15.1-1.el7_9 | CVE-2023-6212 | before it
Red Hat VEX | rhel 6.10 | firefox | 115.5.0-1.el9_3 | CVE-2023-6212 | RHEL 6 has no fix, whatever the version
Red Hat VEX | rhel 10.0 | firefox | 102.0-1.el10 | - | another release
Red Hat VEX | rhel 9.3 | curl | 7.0-1.el9 | - | another package
Red Hat VEX | almalinux 9.3 | firefox | 115.4.0-1.el9_2 | - | another distro
Azure Linux VEX | azurelinux 3.0 | openssh | 9.8p1-4.azl3 | - | the fixed version
Azure Linux VEX | azurelinux 3.0 | openssh | 9.8p1-3.azl3 | CVE-2025-26465 | the release before
Azure Linux VEX | azurelinux 3.0 | openssh | 9.7p1-9.azl3 | CVE-2025-26465 | the version before
Azure Linux VEX | azurelinux 3.0 | openssh | 9.8p1-5.azl3 | - | the release after
Azure Linux VEX | mariner 2.0 | openssh | 8.9p1-8.cm2 | - | the fixed version of Mariner 2
Azure Linux VEX | mariner 2.0 | openssh | 8.9p1-7.cm2 | CVE-2025-26465 | the release before
Azure Linux VEX | azurelinux 3.0 | golang | 1.24.1-1.azl3 | CVE-2025-26465 | the one version known to be affected
Azure Linux VEX | azurelinux 3.0 | golang | 1.24.1-2.azl3 | - | not known to be
Azure Linux VEX | mariner 2.0 | golang | 1.24.1-1.cm2 | - | another release
Azure Linux VEX | azurelinux 3.0 | openssl | 1.0-1.azl3 | - | another package
Azure Linux VEX | rhel 9.3 | openssh | 8.7p1-1.el9 | - | another distro
Debian tracker | debian 12 | tar | 1.34+dfsg-1.2 | CVE-2005-2541 | open, called unimportant
Debian tracker | debian 11 | coreutils | 8.32-4+b1 | CVE-2016-2781 | open
Debian tracker | debian 13 | coreutils | 9.7-3 | - | another release
Debian tracker | debian 12 | zlib | 1:1.2.13.dfsg-1 | CVE-2023-45853 | open in bookworm
Debian tracker | debian 13 | zlib | 1:1.3.dfsg-2 | - | the fixed version of trixie
Debian tracker | debian 13 | zlib | 1:1.3.dfsg-1 | CVE-2023-45853 | just before
Debian tracker | debian 12 | libwebp | 1.2.4-0.2+deb12u1 | - | the fixed version
Debian tracker | debian 12 | libwebp | 1.2.4-0.2 | CVE-2023-4863 | just before
Debian tracker | debian 12 | perl | 5.36.0-7+deb12u3 | - | the fixed version
Debian tracker | debian 12 | perl | 5.36.0-7+deb12u2 | CVE-2023-31484 | just before
Debian tracker | debian 12 | openssl | 3.0.11-1 | - | fixed in 0: never affected
Debian tracker | ubuntu 22.04 | tar | 1.34+dfsg-1 | - | another distro
Alpine secdb | alpine 3.20.1 | curl | 7.36.0-r0 | CVE-2016-5419 CVE-2016-5420 CVE-2016-7167 | two are fixed
Alpine secdb | alpine 3.20.1 | curl | 7.50.0-r9 | CVE-2016-5419 CVE-2016-5420 CVE-2016-7167 | just before
Alpine secdb | alpine 3.20.1 | curl | 7.50.1-r0 | CVE-2016-7167 | the fix of two ids in one line
Alpine secdb | alpine 3.20.1 | curl | 7.50.1_rc1-r0 | CVE-2016-5419 CVE-2016-5420 CVE-2016-7167 | a candidate of the fix
Alpine secdb | alpine 3.20.1 | curl | 7.50.2-r9 | CVE-2016-7167 | just before the last fix
Alpine secdb | alpine 3.20.1 | curl | 7.50.3-r0 | - | the last fix
Alpine secdb | alpine 3.20.1 | curl | 8.14.1-r2 | - | much later, and never affected by what is fixed in 0
Alpine secdb | alpine 3.19.0 | curl | 7.35.0-r0 | - | another release
Alpine secdb | alpine 3.20.1 | libcurl | 7.35.0-r0 | - | another source package
Alpine secdb | wolfi 20230201 | curl | 7.35.0-r0 | - | another distro
"""
TYPES = {"debian": "deb", "ubuntu": "deb", "alpine": "apk", "wolfi": "apk"}


class Feed:
    """What one document says."""

    def __init__(self, advisories: Sequence[Advisory]) -> None:
        self.advisories = advisories

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        return [each for each in self.advisories if key(each.ecosystem, each.package) == key(ecosystem, name)]

    def covers(self, ecosystem: str) -> bool:
        return True

    def exploited(self, cve: str) -> bool:
        return False

    def epss(self, cve: str) -> float | None:
        return None


@pytest.mark.parametrize("source", FEEDS)
def test_recorded_cases(source: str) -> None:
    records = VENDORS[source].reader(FEEDS[source](), source=source, where="x", limits=DEFAULT)
    feed = Feed([each for record in records if not isinstance(record, Skipped) for each in record])
    lines = [line.split(" | ") for line in CASES.strip().splitlines()]
    wrong, checked = [], 0
    for _, distro, name, version, expected, why in (line for line in lines if line[0] == source):
        id_, release = distro.split()
        package = Package(type=TYPES.get(id_, "rpm"), name=name, version=version)
        result = match([package], Distro(id=id_, version=release), feed)
        found = " ".join(sorted(each.id for each in result.matches)) or "-"
        checked += 1
        if found != expected:
            wrong.append(f"{distro} {name} {version}: {found}, not {expected}: {why}")
    assert wrong == []
    assert checked >= 10
