"""What other scanners are known to get wrong (reference/images.md, section 3): one named test each."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import msgspec
import pytest

from seawall.advisories.end_of_life import end_of_life, ended
from seawall.advisories.match import Matched, match
from seawall.advisories.names import key
from seawall.advisories.starter import starter
from seawall.advisories.versions import compare
from seawall.model import Advisory, Distro, FixState, Package, Range, Severity

JAMMY = Distro(id="ubuntu", version="22.04", name="Ubuntu 22.04.5 LTS")
XENIAL = Distro(id="ubuntu", version="16.04")
ALMA = Distro(id="almalinux", version="9.4")
RHEL = Distro(id="rhel", version="10.0", name="Red Hat Enterprise Linux 10.0 (Coughlan)")


class Shelf:
    """Advisories in memory, by the keys of the database, covering what they speak of."""

    def __init__(self, *advisories: Advisory) -> None:
        self.advisories = advisories

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        return [each for each in self.advisories if key(each.ecosystem, each.package) == key(ecosystem, name)]

    def covers(self, ecosystem: str) -> bool:
        return any(each.ecosystem == ecosystem for each in self.advisories)

    def exploited(self, cve: str) -> bool:
        return False

    def epss(self, cve: str) -> float | None:
        return None


def advisory(name: str, ecosystem: str, package: str, fixed: str = "", **more: object) -> Advisory:
    fields = {"id": name, "ecosystem": ecosystem, "package": package, "ranges": (Range(fixed=fixed),)} | more
    return Advisory(**fields)  # type: ignore[arg-type]


def judged(package: Package, distro: Distro | None, *advisories: Advisory) -> Matched:
    return match([package], distro, Shelf(*advisories))


def ids(package: Package, distro: Distro | None, *advisories: Advisory) -> list[str]:
    return [one.id for one in judged(package, distro, *advisories).matches]


def deb(name: str, version: str, **more: str) -> Package:
    return Package(type="deb", name=name, version=version, **more)


def rpm(name: str, version: str, **more: str) -> Package:
    return Package(type="rpm", name=name, version=version, **more)


@pytest.mark.parametrize(("a", "sign", "b"), [
    ("1.0^", 1, "1.0"),
    ("1.0", -1, "1.0^"),
    ("1.0^20160101", -1, "1.0.1"),
    ("1.0.1", 1, "1.0^20160101"),
    ("1.0~rc1^git1", 1, "1.0~rc1"),
])  # fmt: skip
def test_the_caret_of_rpm(a: str, sign: int, b: str) -> None:
    """Grype does not know it."""
    assert compare("Azure Linux:3", a, b) == sign


def test_a_fourth_number_of_nuget_and_its_names_in_any_case() -> None:
    """Trivy and Grype compare NuGet as SemVer."""
    flaw = advisory("GHSA-1", "NuGet", "Microsoft.Data.SqlClient", "2.1.7.1")
    for name, version, hit in (
        ("microsoft.data.sqlclient", "2.1.7", True),
        ("Microsoft.Data.SqlClient", "2.1.7.1", False),
        ("Microsoft.Data.SqlClient", "2.1.7.1-Beta", True),
        ("Microsoft.Data.SqlClient", "2.1.7.2", False),
    ):
        assert bool(ids(Package(type="nuget", name=name, version=version), None, flaw)) is hit


def test_the_words_of_composer() -> None:
    """Trivy and Grype compare Composer as SemVer: a patch would be a pre-release there."""
    flaw = advisory("GHSA-1", "Packagist", "vendor/tool", "2.0.0-patch2")
    for version, hit in (("2.0.0-patch1", True), ("2.0.0-p2", False), ("v2.0.0-beta5", True), ("2.0.1", False)):
        package = Package(type="composer", namespace="Vendor", name="Tool", version=version)
        assert bool(ids(package, None, flaw)) is hit


def test_python_that_sles_owns_is_left_to_sles() -> None:
    """Grype floods SLES: PyPI's advisories know nothing of its backports."""
    packages = [
        Package(type="pypi", name="PyYAML", version="5.3", owner="python3-PyYAML"),
        rpm("python3-PyYAML", "5.3-150300.1"),
    ]
    result = match(packages, Distro(id="sles", version="15.5"), starter())
    assert result.matches == ()
    assert [(gap.what, gap.where) for gap in result.not_assessed] == [
        ("2 packages", "SUSE:Linux Enterprise Server 15 SP5")
    ]


def test_sles_packages_are_in_its_modules() -> None:
    flaw = advisory("SUSE-SU-1", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "zlib", "1.2.13-2")
    package = rpm("libz1", "1.2.13-1", source="zlib", source_version="1.2.13-1")
    assert ids(package, Distro(id="sles", version="15.5"), flaw) == ["SUSE-SU-1"]


def test_a_new_rhel_is_never_a_silent_zero() -> None:
    """Trivy found nothing in RHEL 10 and said nothing."""
    result = judged(rpm("openssl", "3.2.2-1.el10"), RHEL)
    assert result.judged == 0
    assert "Red Hat:enterprise_linux:10" in result.not_assessed[0].where


def test_rhel_by_binary_and_by_source_and_in_all_its_repositories() -> None:
    """OSV names binary packages and repositories, the VEX source packages."""
    package = rpm("openssl-libs", "1:3.2.2-1.el9", source="openssl", source_version="3.2.2-1.el9")
    bulletin = advisory(
        "RHSA-1", "Red Hat:enterprise_linux:9::baseos", "openssl-libs", "1:3.2.2-6.el9", aliases=("CVE-1", "CVE-2")
    )
    vex = advisory("CVE-3", "Red Hat:enterprise_linux:9", "openssl", will_not_fix=True)
    result = judged(package, Distro(id="rhel", version="9.4"), bulletin, vex)
    states = [(one.id, one.fix.state) for one in result.matches]
    assert states == [("CVE-1", FixState.FIXED), ("CVE-2", FixState.FIXED), ("CVE-3", FixState.WILL_NOT_FIX)]
    newer = rpm("openssl-libs", "1:3.2.2-6.el9", source="openssl", source_version="3.2.2-6.el9")
    fixed = advisory("CVE-3", "Red Hat:enterprise_linux:9", "openssl", "1:3.2.2-6.el9")
    assert ids(newer, Distro(id="rhel", version="9.4"), bulletin, fixed) == []


OPEN = advisory("UBUNTU-CVE-2023-1", "Ubuntu:22.04:LTS", "ansible", aliases=("CVE-2023-1",))
PRO = advisory(
    "UBUNTU-CVE-2023-1", "Ubuntu:Pro:22.04:LTS", "ansible", "2.10-1ubuntu0.1~esm3",
    aliases=("CVE-2023-1",), subscription=True,
)  # fmt: skip


def test_a_fix_with_ubuntu_pro_is_no_fix_for_everybody() -> None:
    (one,) = judged(deb("ansible", "2.10-1"), JAMMY, OPEN, PRO).matches
    assert (one.fix.state, one.fix.version) == (FixState.SUBSCRIPTION, "2.10-1ubuntu0.1~esm3")
    assert judged(deb("ansible", "2.10-1"), JAMMY, OPEN, PRO).upgrades == {}
    free = advisory("UBUNTU-CVE-2023-1", "Ubuntu:22.04:LTS", "ansible", "2.10-1ubuntu0.1", aliases=("CVE-2023-1",))
    (one,) = judged(deb("ansible", "2.10-1"), JAMMY, free, PRO).matches
    assert (one.fix.state, one.fix.version) == (FixState.FIXED, "2.10-1ubuntu0.1")


def test_who_has_the_fix_of_ubuntu_pro_is_not_affected() -> None:
    for version in ("2.10-1ubuntu0.1~esm3", "2.10-1ubuntu0.1~esm4"):
        assert ids(deb("ansible", version), JAMMY, OPEN, PRO) == []
    assert ids(deb("ansible", "2.10-1ubuntu0.1~esm2"), JAMMY, OPEN, PRO) == ["CVE-2023-1"]
    later = msgspec.structs.replace(PRO, ranges=(Range(fixed="2.10-1ubuntu0.1+esm1"),))
    free = msgspec.structs.replace(OPEN, ranges=(Range(fixed="2.10-1ubuntu0.1"),))
    assert ids(deb("ansible", "2.10-1ubuntu0.1"), JAMMY, free, later) == []
    assert ids(deb("ansible", "2.10-1"), JAMMY, free, later) == ["CVE-2023-1"]


def test_a_release_that_only_ubuntu_pro_mends_is_affected() -> None:
    pro = advisory("UBUNTU-CVE-1", "Ubuntu:Pro:16.04:LTS", "apache2", "2.4.18-2ubuntu3.17+esm8", subscription=True)
    (one,) = judged(deb("apache2-bin", "2.4.18-2ubuntu3.17", source="apache2"), XENIAL, pro).matches
    assert one.fix.state is FixState.SUBSCRIPTION
    assert ids(deb("apache2-bin", "2.4.18-2ubuntu3.17+esm8", source="apache2"), XENIAL, pro) == []


NODE18 = advisory(
    "ALSA-18", "AlmaLinux:9", "nodejs", "1:18.12.1-1.module_el9.1.0+16+91bc168f", modules=("nodejs:18",)
)  # fmt: skip
NODE20 = advisory("ALSA-20", "AlmaLinux:9", "nodejs", "1:20.9.0-1.module_el9.3.0+59+c7ad8e46", modules=("nodejs:20",))
PLAIN = advisory("ALSA-16", "AlmaLinux:9", "nodejs", "1:16.20.2-3.el9")
UNNAMED = advisory("ALSA-0", "AlmaLinux:9", "nodejs", "1:19-1.module_el9", modules=("*",))


@pytest.mark.parametrize(("version", "module", "hits"), [
    ("1:18.10.0-1.module_el9.1.0+1+a", "nodejs:18", ["ALSA-0", "ALSA-18"]),
    ("1:18.12.1-1.module_el9.1.0+16+91bc168f", "nodejs:18", ["ALSA-0"]),
    ("1:18.20.0-1.module_el9.3.0+1+a", "nodejs:18", ["ALSA-0"]),
    ("1:20.1.0-1.module_el9.3.0+1+a", "nodejs:20", ["ALSA-20"]),
    ("1:16.1.0-1.el9", "", ["ALSA-16"]),
    ("1:16.20.2-3.el9", "", []),
    ("1:18.10.0-1.module_el9.1.0+1+a", "", ["ALSA-0", "ALSA-18", "ALSA-20"]),
])  # fmt: skip
def test_an_rpm_module_has_advisories_of_its_own(version: str, module: str, hits: list[str]) -> None:
    """Without the module's name, nothing that may be meant is left out."""
    package = rpm("nodejs", version, module=module)
    assert sorted(ids(package, ALMA, NODE18, NODE20, PLAIN, UNNAMED)) == hits


def test_red_hat_s_vex_names_the_module_before_the_package() -> None:
    vex = advisory(
        "CVE-1", "Red Hat:enterprise_linux:9", "nodejs:18::nodejs", "1:18.20-1.module+el9", modules=("nodejs:18",)
    )
    nine = Distro(id="rhel", version="9.4")
    assert ids(rpm("nodejs", "1:18.1-1.module+el9.1", module="nodejs:18"), nine, vex) == ["CVE-1"]
    assert ids(rpm("nodejs", "1:18.1-1.module+el9.1", module="nodejs:20"), nine, vex) == []


def test_epochs_count_on_both_sides_and_a_missing_one_is_zero() -> None:
    """Grype leaves them out unless both are written."""
    flaw = advisory("ALSA-1", "AlmaLinux:9", "perl-libs", "4:5.32.1-481.el9")
    assert ids(rpm("perl-libs", "4:5.32.1-480.el9"), ALMA, flaw) == ["ALSA-1"]
    assert ids(rpm("perl-libs", "5.99-1.el9"), ALMA, flaw) == ["ALSA-1"]
    assert ids(rpm("perl-libs", "5:1.0-1.el9"), ALMA, flaw) == []


@pytest.mark.parametrize(("version", "hit"), [
    ("go1.22.1", True),
    ("1.22.1", True),
    ("go1.22.1 X:boringcrypto", True),
    ("go1.22rc1", True),
    ("go1.22.2", False),
    ("go1.21.8", True),
    ("go1.21.9", False),
    ("go1.20.14", True),
    ("go1.23rc1", False),
])  # fmt: skip
def test_the_standard_library_of_go(version: str, hit: bool) -> None:
    ranges = (Range(fixed="1.21.9"), Range(introduced="1.22.0-0", fixed="1.22.2"))
    flaw = advisory("GO-2024-2687", "Go", "stdlib", aliases=("CVE-2023-45288",), ranges=ranges)
    assert bool(ids(Package(type="golang", name="stdlib", version=version), None, flaw)) is hit


def test_a_go_program_of_a_working_copy_is_not_assessed() -> None:
    """Trivy and Grype match it with everything or nothing."""
    flaw = advisory("GHSA-1", "Go", "example.com/tool", "1.2.0")
    main = Package(type="golang", namespace="example.com", name="tool", version="(devel)")
    result = judged(main, None, flaw)
    assert (result.matches, result.judged) == ((), 0)
    assert result.not_assessed[0].where == "Go main modules"


def test_a_distro_s_own_word_counts_for_its_package_and_who_said_so_is_told() -> None:
    score = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    flaw = advisory(
        "UBUNTU-CVE-1", "Ubuntu:22.04:LTS", "sssd", severity=Severity.INFO, cvss=score, source="Ubuntu"
    )  # fmt: skip
    (one,) = judged(deb("sssd", "1"), JAMMY, flaw).matches
    assert (one.severity, one.score, one.scored_by) == (Severity.INFO, None, "Ubuntu, its own word")
    library = advisory("GHSA-1", "npm", "a", severity=Severity.LOW, cvss=score, source="npm")
    (one,) = judged(Package(type="npm", name="a", version="1.0.0"), None, library).matches
    assert (one.severity, one.score, one.scored_by) == (Severity.CRITICAL, 9.8, "npm, CVSS 3.1")


@pytest.mark.parametrize(("distro", "version", "end"), [
    ("debian", "10", "2024-06-30"),
    ("debian", "12.5", "2028-06-30"),
    ("ubuntu", "18.04", "2023-05-31"),
    ("alpine", "3.19.1", "2025-11-01"),
    ("mariner", "2.0", "2025-07-31"),
    ("azurelinux", "3.0.20240727", "2027-08-31"),
    ("rhel", "7.9", "2024-06-30"),
    ("sles", "15.5", "2024-12-31"),
    ("wolfi", "20230201", None),
    ("gentoo", "1", None),
    ("debian", "", None),
])  # fmt: skip
def test_end_of_life(distro: str, version: str, end: str | None) -> None:
    found = end_of_life(Distro(id=distro, version=version))
    assert (found.isoformat() if found else None) == end


def test_a_release_that_gets_no_more_advisories_is_said_to_be_one() -> None:
    """StackRox lost Debian 10 without a word when its feed was closed."""
    buster = Distro(id="debian", version="10", name="Debian GNU/Linux 10 (buster)")
    last, next_day = datetime.date(2024, 6, 30), datetime.date(2024, 7, 1)
    assert list(ended(buster, last)) == list(ended(None, next_day)) == []
    (gap,) = ended(buster, next_day)
    assert (gap.what, "since 2024-06-30" in gap.why) == ("new flaws of Debian GNU/Linux 10 (buster)", True)


@pytest.mark.parametrize(("version", "hit"), [("12.2.0.jre8", True), ("12.2.0.jre11", True), ("12.8.2.jre11", False)])
def test_a_java_release_named_for_its_runtime(version: str, hit: bool) -> None:
    """grype #2831: `.jre11` is no later version than `.jre8`."""
    flaw = advisory("GHSA-1", "Maven", "com.microsoft.sqlserver:mssql-jdbc", "12.8.2.jre8")
    package = Package(type="maven", namespace="com.microsoft.sqlserver", name="mssql-jdbc", version=version)
    assert bool(ids(package, None, flaw)) is hit


def test_a_gem_of_a_platform_is_the_same_version() -> None:
    flaw = advisory("GHSA-1", "RubyGems", "nokogiri", "1.16.5")
    assert ids(Package(type="gem", name="nokogiri", version="1.16.4-x86_64-linux"), None, flaw) == ["GHSA-1"]
    assert ids(Package(type="gem", name="nokogiri", version="1.16.5-x86_64-linux-musl"), None, flaw) == []


@pytest.mark.parametrize(("distro", "kind"), [
    ("sles", "rpm"), ("alpine", "apk"), ("azurelinux", "rpm"), ("mariner", "rpm"), ("rhel", "rpm"), ("rocky", "rpm"),
    ("almalinux", "rpm"), ("opensuse-leap", "rpm"), ("debian", "deb"), ("ubuntu", "deb"), ("wolfi", "apk"),
    ("amzn", "rpm"), ("photon", "rpm"), ("ol", "rpm"),
])  # fmt: skip
def test_what_a_distro_owns_is_left_to_it_also_where_it_has_no_feed(distro: str, kind: str) -> None:
    """Grype does so for five distros only: grype #3672, #3296, #2314 for SLES, and none for Alpine, Amazon, Photon."""
    owner = Package(type=kind, name="python3-requests", version="2.25.1-3")
    owned = Package(type="pypi", name="requests", version="2.25.1", owner="python3-requests")
    alone = Package(type="pypi", name="requests", version="2.25.1")
    flaw = advisory("GHSA-1", "PyPI", "requests", "2.31.0")
    result = match([owner, owned, alone], Distro(id=distro, version="15.5"), Shelf(flaw))
    assert [one.package for one in result.matches] == [alone]
    assert sum(int(gap.what.split()[0]) for gap in result.not_assessed) == 2


def test_a_go_pseudo_version_comes_before_the_release_that_it_leads_to() -> None:
    """Trivy #1456. What is built of a commit after a tag is later than the tag."""
    flaw = advisory("GHSA-1", "Go", "golang.org/x/net", "0.7.0")
    for version, hit in (
        ("v0.0.0-20220225172249-27dd8689420f", True),
        ("v0.7.0-0.20230101000000-aaaaaaaaaaaa", True),
        ("v0.7.1-0.20230301000000-aaaaaaaaaaaa", False),
        ("v0.7.0+incompatible", False),
    ):
        package = Package(type="golang", namespace="golang.org/x", name="net", version=version)
        assert bool(ids(package, None, flaw)) is hit, version


def test_what_is_fixed_in_zero_was_never_affected() -> None:
    """For every distro; claircore takes it so for Debian and the other way for Ubuntu."""
    package = rpm("curl", "7.76.1-28.el9")
    for fixed, hits in (("7.76.1-29.el9", ["CVE-2024-1"]), ("0", [])):
        flaw = advisory("CVE-2024-1", "Red Hat:enterprise_linux:9", "curl", fixed)
        assert ids(package, Distro(id="rhel", version="9.4"), flaw) == hits
