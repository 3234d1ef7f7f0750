"""Who is affected: cases made by hand from the advisories' own text, on both sides of every bound, and laws."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.advisories.match import match
from seawall.advisories.starter import combined, starter
from seawall.model import Advisory, Distro, FixState, Match, Package, Range, Severity

BOOKWORM = Distro(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)")
ALPINE = Distro(id="alpine", version="3.16.9", name="Alpine Linux v3.16")
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N"


class Shelf:
    """Advisories in memory, covering the ecosystems named."""

    def __init__(self, *advisories: Advisory, covers: Sequence[str] = (), kev: str = "", **epss: float) -> None:
        self.advisories, self.covered, self.kev, self.scores = advisories, covers, kev, epss

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        return [each for each in self.advisories if (each.ecosystem, each.package) == (ecosystem, name)]

    def covers(self, ecosystem: str) -> bool:
        return ecosystem in self.covered or any(each.ecosystem == ecosystem for each in self.advisories)

    def exploited(self, cve: str) -> bool:
        return cve == self.kev

    def epss(self, cve: str) -> float | None:
        return self.scores.get(cve.replace("-", "_"))


def advisory(name: str, ecosystem: str, package: str, *ranges: tuple[str, str], **rest: object) -> Advisory:
    """`ranges` are pairs of introduced and fixed."""
    bounds = tuple(Range(introduced=introduced, fixed=fixed) for introduced, fixed in ranges)
    return msgspec.convert(
        {"id": name, "ecosystem": ecosystem, "package": package, "ranges": bounds, **rest},
        Advisory,
        from_attributes=True,
    )


def deb(name: str, version: str, source: str = "", source_version: str = "", **rest: str) -> Package:
    return Package(type="deb", name=name, version=version, source=source, source_version=source_version, **rest)


def found(package: Package, distro: Distro | None, *advisories: Advisory) -> list[str]:
    return [each.id for each in match([package], distro, Shelf(*advisories)).matches]


def only(package: Package, distro: Distro | None, *advisories: Advisory) -> Match:
    (one,) = match([package], distro, Shelf(*advisories)).matches
    return one


WEBP = advisory("DEBIAN-CVE-2023-4863", "Debian:12", "libwebp", ("", "1.2.4-0.2+deb12u1"), aliases=["CVE-2023-4863"])
PERL = advisory("DEBIAN-CVE-2023-31484", "Debian:12", "perl", ("", "5.36.0-7+deb12u3"))
BIND = advisory("DEBIAN-CVE-2023-3341", "Debian:12", "bind9", ("", "1:9.18.19-1~deb12u1"))
SSH = advisory("DEBIAN-CVE-2024-6387", "Debian:12", "openssh", ("1:8.5p1-1", "1:9.2p1-2+deb12u3"))


@pytest.mark.parametrize(("package", "advised", "hits"), [
    (deb("libwebp7", "1.2.4-0.2", "libwebp"), WEBP, True),
    (deb("libwebp7", "1.2.4-0.2+deb12u1", "libwebp"), WEBP, False),
    (deb("libwebp7", "1.2.4-0.2+deb12u1~bpo1", "libwebp"), WEBP, True),
    (deb("libwebp", "1.2.4-0.2"), WEBP, True),
    (deb("libwebp7", "1.2.4-0.2"), WEBP, False),
    (deb("libperl5.36", "5.36.0-7+deb12u3+b1", "perl", "5.36.0-7+deb12u2"), PERL, True),
    (deb("libperl5.36", "5.36.0-7+b1", "perl", "5.36.0-7+deb12u3"), PERL, False),
    (deb("bind9-libs", "1:9.18.16-1~deb12u1", "bind9"), BIND, True),
    (deb("bind9-libs", "9.18.99-1", "bind9"), BIND, True),
    (deb("bind9-libs", "2:1.0-1", "bind9"), BIND, False),
    (deb("bind9-libs", "1:9.18.19-1~deb12u1", "bind9"), BIND, False),
    (deb("openssh-server", "1:8.4p1-5", "openssh"), SSH, False),
    (deb("openssh-server", "1:8.5p1-1", "openssh"), SSH, True),
    (deb("openssh-server", "1:9.2p1-2+deb12u2", "openssh"), SSH, True),
    (deb("openssh-server", "1:9.2p1-2+deb12u3", "openssh"), SSH, False),
])  # fmt: skip
def test_debian(package: Package, advised: Advisory, hits: bool) -> None:
    assert found(package, BOOKWORM, advised) == ([advised.id.removeprefix("DEBIAN-")] if hits else [])


def test_another_release_and_another_distro_have_their_own_advisories() -> None:
    package = deb("libwebp7", "1.2.4-0.2", "libwebp")
    assert found(package, Distro(id="debian", version="11"), WEBP) == []
    assert found(package, Distro(id="ubuntu", version="22.04"), WEBP) == []
    jammy = msgspec.structs.replace(WEBP, ecosystem="Ubuntu:22.04:LTS")
    assert found(package, Distro(id="ubuntu", version="22.04"), jammy) == ["CVE-2023-4863"]


ZLIB = advisory("ALPINE-CVE-2022-37434", "Alpine:v3.16", "zlib", ("", "1.2.12-r2"), aliases=["CVE-2022-37434"])
BUSYBOX = advisory("ALPINE-CVE-2022-28391", "Alpine:v3.16", "busybox", ("", "1.35.0-r9"))
NEVER = advisory("ALPINE-CVE-2019-1010022", "Alpine:v3.16", "musl", ("", "0"))


@pytest.mark.parametrize(("name", "origin", "version", "advised", "hits"), [
    ("zlib", "", "1.2.12-r1", ZLIB, True),
    ("zlib", "", "1.2.12-r2", ZLIB, False),
    ("zlib", "", "1.2.12-r10", ZLIB, False),
    ("zlib", "", "1.2.12_rc1-r9", ZLIB, True),
    ("zlib-dev", "zlib", "1.2.11-r3", ZLIB, True),
    ("zlib-ng", "zlib-ng", "1.0.0-r0", ZLIB, False),
    ("ssl_client", "busybox", "1.35.0-r8", BUSYBOX, True),
    ("ssl_client", "busybox", "1.35.0-r9", BUSYBOX, False),
    ("ssl_client", "busybox", "1.35.0-r10", BUSYBOX, False),
    ("musl", "", "1.2.3-r0", NEVER, False),
])  # fmt: skip
def test_alpine(name: str, origin: str, version: str, advised: Advisory, hits: bool) -> None:
    package = Package(type="apk", name=name, version=version, source=origin)
    assert found(package, ALPINE, advised) == ([advised.id.removeprefix("ALPINE-")] if hits else [])


@pytest.mark.parametrize(("version", "source_version", "hits"), [
    ("2.6.7-3.azl3", "", False),
    ("2.6.7-2.azl3", "", True),
    ("1:2.6.7-3.azl3", "2.6.7-1.azl3", False),
])  # fmt: skip
def test_a_source_rpm_has_the_epoch_of_its_binary(version: str, source_version: str, hits: bool) -> None:
    fix = "2.6.7-3.azl3" if version[1] == "." else "1:2.6.7-1.azl3"
    expat = advisory("SUSE-SU-1", "openSUSE:Leap 15.6", "expat", ("", fix), aliases=["CVE-2024-1"])
    package = Package(type="rpm", name="expat-libs", version=version, source="expat", source_version=source_version)
    assert bool(found(package, Distro(id="opensuse-leap", version="15.6"), expat)) is hits


def test_last_affected_is_affected() -> None:
    fish = advisory("AZL-10002", "Azure Linux:2", "fish", ranges=(Range(last_affected="3.6.2-1.cm2"),))
    mariner = Distro(id="mariner", version="2.0")
    one = only(Package(type="rpm", name="fish", version="3.6.2-1.cm2"), mariner, fish)
    assert (one.id, one.fix.state) == ("AZL-10002", FixState.UNKNOWN)
    assert found(Package(type="rpm", name="fish", version="3.6.2-2.cm2"), mariner, fish) == []


@pytest.mark.parametrize(("kind", "name", "version", "cve", "fix"), [
    ("pypi", "Django", "2.2.27", "CVE-2022-28346", "2.2.28"),
    ("pypi", "django", "2.2.28", "CVE-2022-28346", None),
    ("pypi", "django", "3.2.12", "CVE-2022-28346", "3.2.13"),
    ("pypi", "django", "4.0.4", "CVE-2022-28346", None),
    ("pypi", "django", "4.1a1", "CVE-2022-28346", None),
    ("pypi", "django", "2.1.15", "CVE-2022-28346", None),
    ("pypi", "django", "4.0rc1", "CVE-2022-28346", None),
    ("pypi", "PyYAML", "5.4b1", "CVE-2020-14343", "5.4"),
    ("pypi", "pyyaml", "5.4.0", "CVE-2020-14343", None),
    ("pypi", "py_yaml", "5.3", "CVE-2020-14343", None),
    ("npm", "minimist", "0.2.3", "CVE-2021-44906", "0.2.4"),
    ("npm", "minimist", "0.2.4", "CVE-2021-44906", None),
    ("npm", "minimist", "1.0.0", "CVE-2021-44906", "1.2.6"),
    ("npm", "minimist", "1.2.6-beta.1", "CVE-2021-44906", "1.2.6"),
    ("npm", "minimist", "1.2.6", "CVE-2021-44906", None),
    ("npm", "next", "13.5.8", "CVE-2025-29927", "13.5.9"),
    ("npm", "next", "12.3.5", "CVE-2025-29927", None),
    ("npm", "next", "16.0.0", "CVE-2025-29927", None),
    ("npm", "react-server-dom-webpack", "19.1.1", "CVE-2025-55182", "19.1.2"),
    ("npm", "react-server-dom-webpack", "18.3.0", "CVE-2025-55182", None),
    ("maven", "log4j-core", "2.14.1", "CVE-2021-44228", "2.15.0"),
    ("maven", "log4j-core", "2.15.0", "CVE-2021-44228", None),
    ("maven", "log4j-core", "2.12.1", "CVE-2021-44228", "2.12.2"),
    ("maven", "log4j-core", "2.12.2", "CVE-2021-44228", None),
    ("maven", "log4j-core", "2.12.4", "CVE-2021-44832", None),
    ("maven", "log4j-core", "2.0-beta9", "CVE-2021-44228", "2.3.1"),
    ("maven", "log4j-core", "2.3.1", "CVE-2021-44228", None),
    ("maven", "log4j-core", "2.17.0", "CVE-2021-44832", "2.17.1"),
    ("maven", "log4j-api", "2.14.1", "CVE-2021-44228", None),
    ("golang", "golang.org/x/net", "v0.16.0", "CVE-2023-44487", "0.17.0"),
    ("golang", "golang.org/x/net", "v0.0.0-20220101000000-abcdefabcdef", "CVE-2023-44487", "0.17.0"),
    ("golang", "golang.org/x/net", "v0.17.0", "CVE-2023-44487", None),
    ("gem", "actionview", "5.2.2", "CVE-2019-5418", "5.2.2.1"),
    ("gem", "actionview", "5.2.2.1", "CVE-2019-5418", None),
    ("composer", "phpunit/phpunit", "5.6.2", "CVE-2017-9841", "5.6.3"),
    ("composer", "phpunit/phpunit", "6.0.0", "CVE-2017-9841", None),
])  # fmt: skip
def test_languages(kind: str, name: str, version: str, cve: str, fix: str | None) -> None:
    group = "org.apache.logging.log4j" if kind == "maven" else ""
    if kind == "composer":
        group, name = name.split("/")
    package = Package(type=kind, namespace=group, name=name, version=version)
    hits = {each.id: each.fix.version for each in match([package], None, starter()).matches}
    assert hits.get(cve) == fix


def test_versions_listed_are_affected_and_others_are_not() -> None:
    bad = advisory("GHSA-1", "npm", "left", versions=["3.3.6"])
    assert found(Package(type="npm", name="left", version="3.3.6"), None, bad) == ["GHSA-1"]
    assert found(Package(type="npm", name="left", version="v3.3.6"), None, bad) == ["GHSA-1"]
    assert found(Package(type="npm", name="left", version="3.3.5"), None, bad) == []


def test_what_cannot_be_compared_is_reported_and_not_certain() -> None:
    for version in ("", "unknown", "2.0.0.RELEASE-x", "1 2"):
        one = only(
            Package(type="pypi", name="yaml", version=version), None, advisory("GHSA-1", "PyPI", "yaml", ("", "5"))
        )
        assert not one.certain
        assert "cannot compare" in one.why
        assert one.fix.version == "5"
    broken = advisory("ALPINE-CVE-2020-1", "Alpine:v3.16", "curl", ("", "7.x"))
    one = only(Package(type="apk", name="curl", version="7.1-r0"), ALPINE, broken)
    assert (one.certain, one.fix.state) == (False, FixState.UNKNOWN)


def test_a_certain_hit_outweighs_an_uncertain_one() -> None:
    both = (
        advisory("GHSA-1", "npm", "a", ("x", "2.0.0")),
        advisory("CVE-1", "npm", "a", ("", "3.0.0"), aliases=["GHSA-1"]),
    )
    assert only(Package(type="npm", name="a", version="1.0.0"), None, *both).certain


def test_aliases_are_merged_best_id_first() -> None:
    ghsa = advisory("GHSA-aaaa", "PyPI", "jinja2", ("", "2.10.1"), aliases=["CVE-2019-10906"], cvss=MEDIUM)
    pysec = advisory(
        "PYSEC-2019-217", "PyPI", "jinja2", ("", "2.10.1"), aliases=["GHSA-aaaa", "SNYK-1"], summary="words"
    )
    one = only(Package(type="pypi", name="Jinja2", version="2.10"), None, pysec, ghsa)
    assert one.id == "CVE-2019-10906"
    assert one.aliases == ("GHSA-aaaa", "PYSEC-2019-217", "SNYK-1")
    assert (one.severity, one.score, one.summary) == (Severity.MEDIUM, 6.1, "words")


def test_a_bundle_is_one_finding_a_cve_and_joins_none() -> None:
    dsa = advisory("DSA-1-1", "Debian:12", "curl", ("", "7-2"), aliases=["CVE-2020-1", "CVE-2020-2"])
    ones = match([deb("curl", "7-1")], BOOKWORM, Shelf(dsa)).matches
    assert [(one.id, one.aliases) for one in ones] == [("CVE-2020-1", ("DSA-1-1",)), ("CVE-2020-2", ("DSA-1-1",))]


def test_a_record_of_the_cve_decides_over_a_bundle() -> None:
    dsa = advisory("DSA-1-1", "Debian:12", "curl", ("", "7-9"), aliases=["CVE-2020-1", "CVE-2020-2"])
    own = advisory("DEBIAN-CVE-2020-1", "Debian:12", "curl", ("", "7-2"), aliases=["CVE-2020-1"])
    ones = match([deb("curl", "7-1")], BOOKWORM, Shelf(dsa, own)).matches
    assert [(one.id, one.fix.version) for one in ones] == [("CVE-2020-1", "7-2"), ("CVE-2020-2", "7-9")]
    assert ones[0].aliases == ("DEBIAN-CVE-2020-1", "DSA-1-1")
    assert found(deb("curl", "7-3"), BOOKWORM, dsa, own) == ["CVE-2020-2"]


def test_severity_by_the_newest_vector_then_the_vendor_s_word() -> None:
    v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N"
    name, package = "CVE-2020-1", Package(type="npm", name="a", version="1.0.0")
    third = advisory(name, "npm", "a", ("", "2.0.0"), cvss=CRITICAL)
    fourth = advisory("GHSA-1", "npm", "a", ("", "2.0.0"), aliases=[name], cvss=v4)
    word = advisory(
        "PYSEC-1", "npm", "a", ("", "2.0.0"), aliases=[name], severity=Severity.LOW, cvss="CVSS:3.1/nonsense"
    )
    nothing = advisory("OSV-1", "npm", "a", ("", "2.0.0"), aliases=[name])
    assert only(package, None, third, fourth, word).score == 6.9
    assert only(package, None, third, word).severity is Severity.CRITICAL
    assert only(package, None, nothing, word).severity is Severity.LOW
    assert only(package, None, nothing).severity is Severity.UNKNOWN


def test_exploited_and_epss_go_with_every_id() -> None:
    shelf = Shelf(
        advisory("GHSA-1", "npm", "a", ("", "2.0.0"), aliases=["CVE-2020-1"]), kev="CVE-2020-1", CVE_2020_1=0.9
    )
    (one,) = match([Package(type="npm", name="a", version="1.0.0")], None, shelf).matches
    assert (one.kev, one.epss, one.severity) == (True, 0.9, Severity.UNKNOWN)


def test_fix_states() -> None:
    package = Package(type="npm", name="a", version="1.0.0")
    assert only(package, None, advisory("GHSA-1", "npm", "a", ("", ""))).fix.state is FixState.NOT_FIXED
    refused = advisory("GHSA-1", "npm", "a", ("", ""), will_not_fix=True)
    assert only(package, None, refused).fix.state is FixState.WILL_NOT_FIX
    fixed = advisory("GHSA-2", "npm", "a", ("", "1.5.0"), aliases=["GHSA-1"])
    assert only(package, None, refused, fixed).fix.version == "1.5.0"
    later = advisory("GHSA-3", "npm", "a", ("", "1.6.0"), aliases=["GHSA-1"])
    assert only(package, None, fixed, later).fix.version == "1.6.0"


def test_the_upgrade_mends_all_that_can_be_mended() -> None:
    package = Package(type="npm", name="a", version="2.3.1")
    first = advisory("GHSA-1", "npm", "a", ("", "2.3.5"), ("2.4.0", "2.5.1"))
    second = advisory("GHSA-2", "npm", "a", ("", "2.4.1"))
    unfixed = advisory("GHSA-3", "npm", "a", ("", ""))
    result = match([package], None, Shelf(first, second, unfixed))
    assert [one.fix.version for one in result.matches] == ["2.3.5", "2.4.1", ""]
    assert result.upgrades == {package: "2.5.1"}


def test_log4j_is_upgraded_past_all_its_flaws() -> None:
    jar = Package(type="maven", namespace="org.apache.logging.log4j", name="log4j-core", version="2.14.1")
    assert match([jar], None, starter()).upgrades == {jar: "2.17.1"}
    old = msgspec.structs.replace(jar, version="2.12.1")
    assert match([old], None, starter()).upgrades == {old: "2.12.4"}


def test_owned_by_the_distro_is_judged_by_the_distro() -> None:
    owned = Package(type="pypi", name="pyyaml", version="5.3", owner="python3-yaml")
    owner = deb("python3-yaml", "5.3-1", "pyyaml")
    fixed = advisory("DEBIAN-CVE-2020-14343", "Debian:12", "pyyaml", ("", "5.3-2"))
    for version, hits in (("5.3-1", ["python3-yaml"]), ("5.3-2", [])):
        packages = [owned, msgspec.structs.replace(owner, version=version)]
        result = match(packages, BOOKWORM, combined(starter(), Shelf(fixed)))
        assert [one.package.name for one in result.matches] == hits
        assert (result.judged, result.not_assessed) == (2, ())


def test_owned_by_somebody_else_is_judged_by_its_language() -> None:
    owned = Package(type="npm", name="minimist", version="1.2.5", owner="nodejs")
    result = match([owned, deb("nodejs", "18.0-1nodesource1", origin="nodesource")], BOOKWORM, starter())
    assert [one.id for one in result.matches] == ["CVE-2021-44906"]
    assert [gap.where for gap in result.not_assessed] == ["nodesource", "npm"]


def test_owned_by_a_distro_without_a_feed_is_not_assessed() -> None:
    owned = Package(type="pypi", name="pyyaml", version="5.3", owner="python3-yaml")
    result = match([owned, deb("python3-yaml", "5.3-1")], BOOKWORM, starter())
    assert (result.matches, [gap.what for gap in result.not_assessed]) == ((), ["2 packages"])


def test_what_is_not_assessed_is_said_once_for_each_reason() -> None:
    packages = [
        deb("nodejs", "18.0-1nodesource1", origin="nodesource"),
        deb("curl", "7-1"),
        deb("linux-libc-dev", "6.1-1", "linux"),
        Package(type="npm", name="a", version="1.0.0"),
        Package(type="npm", name="next", version="13.0.0"),
        Package(type="swift", name="x", version="1"),
        Package(type="rpm", name="y", version="1-1"),
    ]
    linux = advisory("DEBIAN-CVE-2020-9", "Debian:12", "linux", ("", ""))
    result = match(packages, BOOKWORM, combined(starter(), Shelf(linux)))
    assert result.judged == 1
    assert [one.id for one in result.matches] == ["CVE-2025-29927"]
    known = starter().famous("npm")
    assert {(gap.what, gap.where, gap.why.partition(":")[0]) for gap in result.not_assessed} == {
        ("1 package", "nodesource", "not from the distro, whose advisories do not speak of these packages"),
        ("1 package", "kernel headers", "flaws of the kernel are those of the node"),
        ("2 packages", "npm", f"only {known} famous flaws were looked for"),
        ("1 package", "swift", "no advisories are known for this kind of package"),
        ("1 package", BOOKWORM.name, "no advisories are known for rpm packages of this distro"),
    }


@pytest.mark.parametrize(("distro", "why"), [
    (None, "no os-release"),
    (Distro(id="debian"), "no VERSION_ID"),
    (Distro(id="debian", version="99"), "no database covers Debian:99"),
    (Distro(id="gentoo"), "no advisories are known"),
])  # fmt: skip
def test_no_feed_is_never_zero(distro: Distro | None, why: str) -> None:
    result = match([deb("curl", "7-1")], distro, Shelf())
    assert (result.matches, result.judged, len(result.not_assessed)) == ((), 0, 1)
    assert why in result.not_assessed[0].why


def test_every_package_is_judged_or_named() -> None:
    packages = [Package(type=kind, name="x", version="1") for kind in ("npm", "pypi", "deb", "apk", "rpm", "conan", "")]
    result = match(packages, BOOKWORM, Shelf(covers=("npm", "Debian:12")))
    assert result.judged + sum(int(gap.what.split()[0]) for gap in result.not_assessed) == len(packages)


VERSIONS = st.builds("{}.{}.{}".format, *[st.integers(0, 3)] * 3)
BOUNDS = st.builds(lambda low, high: Range(introduced=low, fixed=high), VERSIONS | st.just(""), VERSIONS | st.just(""))
NAMES = st.sampled_from(["CVE-2020-1", "CVE-2020-2", "GHSA-1", "GHSA-2", "PYSEC-1"])
RECORDS = st.builds(
    lambda name, aliases, ranges: Advisory(id=name, aliases=aliases, ecosystem="npm", package="a", ranges=ranges),
    NAMES,
    st.lists(NAMES, max_size=2).map(tuple),
    st.lists(BOUNDS, min_size=1, max_size=3).map(tuple),
)


@given(VERSIONS, st.lists(BOUNDS, min_size=1, max_size=3), VERSIONS)
def test_a_fix_never_adds_a_match(version: str, ranges: list[Range], fix: str) -> None:
    package = Package(type="npm", name="a", version=version)
    open_ended = Advisory(id="GHSA-1", ecosystem="npm", package="a", ranges=tuple(ranges))
    bounded = msgspec.structs.replace(
        open_ended, ranges=tuple(each if each.fixed else msgspec.structs.replace(each, fixed=fix) for each in ranges)
    )
    assert set(found(package, None, bounded)) <= set(found(package, None, open_ended))


@given(VERSIONS, st.lists(RECORDS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_advisories_does_not_matter(version: str, records: list[Advisory], chance: random.Random) -> None:
    package = Package(type="npm", name="a", version=version)
    mixed = chance.sample(records, len(records))
    before, after = (match([package], None, Shelf(*each)) for each in (records, mixed))
    assert [(m.id, m.aliases, m.fix) for m in before.matches] == [(m.id, m.aliases, m.fix) for m in after.matches]
    assert before.upgrades == after.upgrades
    assert len({one.id for one in before.matches}) == len(before.matches)


@given(VERSIONS, st.lists(RECORDS, max_size=4))
def test_the_fix_of_a_match_mends_it(version: str, records: list[Advisory]) -> None:
    records = [msgspec.structs.replace(each, aliases=()) for each in records]
    for one in match([Package(type="npm", name="a", version=version)], None, Shelf(*records)).matches:
        if one.fix.state is FixState.FIXED:
            fixed = Package(type="npm", name="a", version=one.fix.version)
            informed = [each for each in records if each.id == one.id and any(bounds.fixed for bounds in each.ranges)]
            assert one.id not in found(fixed, None, *informed)
