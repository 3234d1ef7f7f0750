"""An OSV record becomes advisories, oddities of its source included."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.advisories import osv
from seawall.advisories.feed import Skipped
from seawall.advisories.names import key
from seawall.errors import Malformed
from seawall.model.advisory import Advisory, Range
from seawall.model.finding import Severity


def affected(*events: dict[str, str], ecosystem: str = "PyPI", name: str = "django", **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more}


OPEN = affected({"introduced": "0"})


def read(*entries: dict[str, Any], source: str = "PyPI", **record: Any) -> tuple[Advisory, ...] | Skipped:
    document = {"id": "X-1", "modified": "2024-01-01T00:00:00Z", "affected": entries or [OPEN], **record}
    return osv.read(msgspec.json.encode(document), source=source, where="X-1.json")


def one(*entries: dict[str, Any], source: str = "PyPI", **record: Any) -> Advisory:
    found = read(*entries, source=source, **record)
    assert not isinstance(found, Skipped)
    (advisory,) = found
    return advisory


def span(introduced: str = "", fixed: str = "", last_affected: str = "") -> Range:
    return Range(introduced=introduced, fixed=fixed, last_affected=last_affected)


I, F, L = "introduced", "fixed", "last_affected"  # noqa: E741


@pytest.mark.parametrize(
    ("events", "ranges"),
    [
        ([(I, "0"), (F, "1.2")], [span(fixed="1.2")]),
        ([(I, "0.0.0-0"), (F, "1.2.0")], [span(fixed="1.2.0")]),
        ([(I, "1.21.0-0"), (F, "1.21.4")], [span("1.21.0-0", "1.21.4")]),
        ([(I, "0"), (L, "1.2")], [span(last_affected="1.2")]),
        ([(I, "0")], [span()]),
        ([(I, "1"), (F, "1.5"), (I, "2"), (F, "2.5")], [span("1", "1.5"), span("2", "2.5")]),
        ([(I, "1"), (F, "1.5"), (I, "2")], [span("1", "1.5"), span("2")]),
        ([(F, "1.2"), (I, "0")], [span(fixed="1.2")]),
        ([(I, "0"), (L, "0.10.9"), (L, "0.10.11")], [span(last_affected="0.10.9"), span(last_affected="0.10.11")]),
        ([(I, "1"), (I, "2"), (F, "1.5"), (F, "2.5")], [span("1", "1.5"), span("2", "2.5")]),
        ([(I, "0"), ("limit", "3"), (F, "2")], [span(fixed="2")]),
    ],
)
def test_events_become_ranges(events: list[tuple[str, str]], ranges: list[Range]) -> None:
    assert one(affected(*({kind: version} for kind, version in events))).ranges == tuple(ranges)


def says_osv(events: list[tuple[str, int]], version: int) -> bool:
    """The evaluation that the schema prescribes, for events sorted by version."""
    hit = False
    for kind, bound in events:
        if kind == I and version >= bound:
            hit = True
        elif (kind == F and version >= bound) or (kind == L and version > bound):
            hit = False
    return hit


def hits(part: Range, version: int) -> bool:
    below = version < int(part.fixed) if part.fixed else not part.last_affected or version <= int(part.last_affected)
    return version >= int(part.introduced or 0) and below


BOUNDS = st.lists(st.integers(1, 30), unique=True, min_size=1, max_size=8).map(sorted)


@given(BOUNDS, st.lists(st.sampled_from([F, L]), min_size=8, max_size=8), st.integers(0, 31))
def test_alternating_events_mean_what_the_schema_says(bounds: list[int], ends: list[str], version: int) -> None:
    events = [(ends[i] if i % 2 else I, bound) for i, bound in enumerate(bounds)]
    ranges = one(affected(*({kind: str(bound)} for kind, bound in events))).ranges
    assert any(hits(part, version) for part in ranges) == says_osv(events, version)


@given(BOUNDS, st.lists(st.sampled_from([I, F, L]), min_size=8, max_size=8), st.integers(0, 31))
def test_no_sorted_events_lose_an_affected_version(bounds: list[int], kinds: list[str], version: int) -> None:
    events = [(I, 0), *zip(kinds, bounds, strict=False)]
    ranges = one(affected(*({kind: str(bound)} for kind, bound in events))).ranges
    assert any(hits(part, version) for part in ranges) or not says_osv(events, version)


def test_git_ranges_are_ignored() -> None:
    git = {"type": "GIT", "repo": "https://example.org/x", "events": [{I: "0"}, {F: "deadbeef"}]}
    entry = affected({I: "0"}, {F: "2"})
    entry["ranges"].append(git)
    assert one(entry).ranges == (span(fixed="2"),)
    assert read({**affected(), "ranges": [git]}) is Skipped.NO_VERSIONS


def test_the_entries_of_one_package_are_merged_and_others_are_not() -> None:
    found = read(
        affected({I: "1"}, {F: "1.5"}, versions=["1.0"]),
        affected({I: "2"}, {F: "2.5"}, name="Django", versions=["2.0", "1.0"]),
        affected({I: "0"}, name="wagtail"),
    )
    assert not isinstance(found, Skipped)
    assert [(each.package, each.ranges, each.versions) for each in found] == [
        ("django", (span("1", "1.5"), span("2", "2.5")), ("1.0", "2.0")),
        ("wagtail", (span(),), ()),
    ]


def test_listed_versions_are_left_out_only_where_the_ranges_say_as_much() -> None:
    listed = {"versions": ["1.0", "1.1"]}
    assert one(affected(**listed)).versions == ("1.0", "1.1")
    assert one(affected({I: "0"}, {F: "1.1"}, **listed)).versions == ("1.0", "1.1")
    assert one(affected({I: "0"}, **listed)).versions == ()
    debian = {"ecosystem": "Debian:12", "name": "zlib"}
    assert one(affected({I: "0"}, {F: "1.2"}, **debian, **listed), source="Debian").versions == ()
    assert one(affected(**debian, **listed), source="Debian").versions == ("1.0", "1.1")


def test_the_upper_bound_of_github_closes_an_open_range_only() -> None:
    def bounded(bound: Any, *events: dict[str, str]) -> tuple[Range, ...]:
        return one(affected(*events, database_specific={"last_known_affected_version_range": bound})).ranges

    assert bounded("<= 1.2", {I: "0"}) == (span(last_affected="1.2"),)
    assert bounded("< 1.3", {I: "1"}) == (span("1", "1.3"),)
    assert bounded("<= 1.2", {I: "0"}, {F: "2"}) == (span(fixed="2"),)
    assert bounded("> 1.2", {I: "0"}) == bounded(7, {I: "0"}) == (span(),)


def test_a_record_of_several_ecosystems_gives_each_bundle_its_own() -> None:
    entries = (affected({I: "0"}, ecosystem="npm", name="jquery"), affected({I: "0"}, ecosystem="RubyGems", name="jq"))
    assert one(*entries, source="npm").package == "jquery"
    assert one(*entries, source="RubyGems").package == "jq"
    assert read(*entries, source="PyPI") is Skipped.ELSEWHERE
    assert read(affected({I: "0"}, ecosystem="Debian:12"), source="Deb") is Skipped.ELSEWHERE


def test_withdrawn_records_are_skipped_even_without_packages() -> None:
    assert read(withdrawn="2024-02-01T00:00:00Z") is Skipped.WITHDRAWN
    document = b'{"id":"PYSEC-2010-33","withdrawn":"2024-01-01T00:00:00Z","affected":null}'
    assert osv.read(document, source="PyPI", where="") is Skipped.WITHDRAWN


@pytest.mark.parametrize(
    ("source", "record", "aliases"),
    [
        ("PyPI", {"aliases": ["CVE-2024-1", "GHSA-x"], "related": ["CVE-2024-9"]}, ("CVE-2024-1", "GHSA-x")),
        ("Debian", {"id": "DEBIAN-CVE-2024-1", "upstream": ["CVE-2024-1"]}, ("CVE-2024-1",)),
        ("Debian", {"id": "DEBIAN-CVE-2024-1"}, ("CVE-2024-1",)),
        ("Debian", {"upstream": ["CVE-2024-1", "DEBIAN-CVE-2024-1", "CVE-2024-2"]}, ("CVE-2024-1", "CVE-2024-2")),
        ("AlmaLinux", {"related": ["CVE-2024-1", "ALSA-2024:2"]}, ("CVE-2024-1",)),
        ("Packagist", {"id": "CVE-2024-1", "aliases": ["CVE-2024-1"]}, ()),
    ],
)
def test_aliases(source: str, record: dict[str, Any], aliases: tuple[str, ...]) -> None:
    assert one(affected({I: "0"}, ecosystem=source), source=source, **record).aliases == aliases


@pytest.mark.parametrize(
    ("entry", "record", "severity"),
    [
        ({}, {"database_specific": {"severity": "MODERATE"}}, Severity.MEDIUM),
        ({}, {"database_specific": {"severity": "Critical"}}, Severity.CRITICAL),
        ({}, {"database_specific": {"severity": ["HIGH"]}}, Severity.UNKNOWN),
        ({"ecosystem_specific": {"urgency": "unimportant"}}, {}, Severity.INFO),
        ({"ecosystem_specific": {"urgency": "not yet assigned"}}, {}, Severity.UNKNOWN),
        ({"ecosystem_specific": {"urgency": "low**"}}, {"database_specific": {"severity": "HIGH"}}, Severity.LOW),
        ({"ecosystem_specific": {"ubuntu_priority": "negligible"}}, {}, Severity.INFO),
        ({}, {"severity": [{"type": "Ubuntu", "score": "medium"}]}, Severity.MEDIUM),
        ({}, {"database_specific": {"cvss_v3_score": 7.5}}, Severity.HIGH),
        ({}, {"database_specific": None, "severity": None}, Severity.UNKNOWN),
    ],
)
def test_the_word_of_the_vendor(entry: dict[str, Any], record: dict[str, Any], severity: Severity) -> None:
    assert one(affected({I: "0"}, **entry), **record).severity is severity


V2, V3, V4 = "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:3.1/AV:N", "CVSS:4.0/AV:N"


@pytest.mark.parametrize(
    ("own", "record", "vector"),
    [
        ([], [("CVSS_V4", V4), ("CVSS_V3", V3), ("CVSS_V2", V2)], V3),
        ([], [("CVSS_V2", V2), ("CVSS_V4", V4)], V4),
        ([("CVSS_V4", V4)], [("CVSS_V3", V3)], V4),
        ([], [("Ubuntu", "low")], ""),
    ],
)
def test_one_cvss_vector(own: list[tuple[str, str]], record: list[tuple[str, str]], vector: str) -> None:
    def scores(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"type": kind, "score": score} for kind, score in pairs]

    assert one(affected({I: "0"}, severity=scores(own)), severity=scores(record)).cvss == vector


def test_the_vector_of_rustsec_and_the_decision_of_wolfi() -> None:
    assert one(affected({I: "0"}, database_specific={"cvss": V3})).cvss == V3
    assert one(affected({I: "0"}, database_specific={"cvss": {"score": 9}})).cvss == ""
    assert one(affected({I: "0"}, ecosystem_specific={"status": "fix-not-planned"})).will_not_fix
    assert not one(affected({I: "0"}, ecosystem_specific={"status": "detection"})).will_not_fix


def test_summary_and_references() -> None:
    assert one(summary="Short", details="Long").summary == "Short"
    assert one(details="### Impact\n\nAnyone can\nlog in").summary == "Anyone can"
    assert len(one(details="word " * 100).summary) <= 160
    kinds = ["PACKAGE", "FIX", "WEB", "ADVISORY", "REPORT"]
    references = [{"type": kind, "url": f"https://example.org/{kind}"} for kind in kinds]
    found = one(references=[{"type": "ADVISORY", "url": "javascript:alert(1)"}, *references]).refs
    assert [url.rpartition("/")[2] for url in found] == ["ADVISORY", "REPORT", "WEB"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"id": ""}',
        b'{"id": 7}',
        b'{"affected": []}',
        b'{"id": "X", "affected": {"package": "x"}}',
        b'{"id": "X", "affected": [{"package": {"ecosystem": "PyPI"}}]}',
        b'{"id": "X", "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "versions": [1, 2]}]}',
        b'{"id": "X", "affected": [{"ranges": [{"type": "SEMVER", "events": [{"introduced": 0}]}]}]}',
        b"[" * 100_000,
    ],
    ids=range(12),
)
def test_another_shape_is_malformed_and_names_the_place(data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        osv.read(data, source="PyPI", where="PyPI/all.zip!/X.json")
    assert caught.value.where == "PyPI/all.zip!/X.json"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "id",
    "modified",
    "withdrawn",
    "aliases",
    "upstream",
    "summary",
    "details",
    "severity",
    "references",
    "ranges",
)


@given(st.sampled_from(FIELDS), JSON)
def test_no_document_raises_anything_else(field: str, value: Any) -> None:
    whole = {"id": "X", "affected": [OPEN]}
    for document in (value, {**whole, field: value}, {**whole, "affected": [{**OPEN, field: value}]}):
        with suppress(Malformed):
            osv.read(msgspec.json.encode(document), source="PyPI", where="here")


@pytest.mark.parametrize(
    ("ecosystem", "said", "looked_up"),
    [
        ("PyPI", "Zope.Interface", "zope-interface"),
        ("npm", "Axios", "axios"),
        ("NuGet", "Azure.Identity", "azure.identity"),
        ("Packagist:https://packages.drupal.org/8", "drupal/Core", "drupal/core"),
    ],
)
def test_spellings_meet(ecosystem: str, said: str, looked_up: str) -> None:
    assert key(ecosystem, said) == key(ecosystem.partition(":")[0], looked_up)


def test_other_names_are_kept_as_they_are() -> None:
    for ecosystem, name in (("Maven", "org.A:b_C"), ("Debian:12", "libstdc++"), ("Go", "github.com/Azure/x")):
        assert key(ecosystem, name) == (ecosystem, name)
