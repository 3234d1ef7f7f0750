"""The starter set: its form, and every row against the OSV records and CISA's list at hand."""

from __future__ import annotations

import json
import zipfile
from functools import partial
from typing import Any

import pytest

from seawall.advisories import scoring, versions
from seawall.advisories.affected import hit
from seawall.advisories.match import Partial
from seawall.advisories.starter import combined, starter
from seawall.advisories.starter_set import ROWS
from seawall.model import Advisory, Range, Severity
from shared_data import SHARED

WORDS = {"LOW": Severity.LOW, "MODERATE": Severity.MEDIUM, "HIGH": Severity.HIGH, "CRITICAL": Severity.CRITICAL}
OTHER_VECTORS = {
    "CVE-2019-17558": "NVD rates it 7.5, high; GitHub's word is moderate, without a vector",
    "CVE-2023-44487": "NVD rates the outage high; the GHSA record, which speaks of all servers at once, low",
}


def test_rows_are_well_formed() -> None:
    advisories = list(starter())
    assert len({advisory.id for advisory in advisories}) >= 60
    assert len({(advisory.id, advisory.ecosystem, advisory.package) for advisory in advisories}) == len(advisories)
    for advisory in advisories:
        assert len(advisory.summary) <= 100, advisory.id
        assert not advisory.cvss or scoring.score(advisory.cvss) is not None, advisory.id
        for bounds in advisory.ranges:
            end = bounds.fixed or bounds.last_affected
            assert not bounds.introduced or versions.compare(advisory.ecosystem, bounds.introduced, end) <= 0
            assert not bounds.fixed or not hit(
                advisory, bounds.fixed, partial(versions.certain_key, advisory.ecosystem)
            )


def test_it_covers_nothing_and_says_how_much_it_knows() -> None:
    source = starter()
    assert isinstance(source, Partial)
    assert not source.covers("Maven")
    assert source.famous("Maven") > 25
    assert source.famous("Debian:12") == 0
    assert source.exploited("CVE-2021-44228")
    assert not source.exploited("CVE-2021-44832")
    both = combined(source, source)
    assert both.famous("npm") == 2 * source.famous("npm")
    assert len(both.lookup("npm", "next")) == 2 * len(source.lookup("npm", "next")) == 2


@pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
def test_kev_is_cisa_s_list() -> None:
    assert SHARED is not None
    listed = {entry["cveID"] for entry in json.loads((SHARED / "osv/kev.json").read_bytes())["vulnerabilities"]}
    assert [row[0] for row in ROWS if (row[0].split()[0] in listed) is not row[5]] == []


def records() -> dict[tuple[str, str, str], list[Advisory]]:
    """The OSV records at hand by (ecosystem, package, id or alias), for the ids of the starter set."""
    wanted = {name for row in ROWS for name in row[0].split()}
    found: dict[tuple[str, str, str], list[Advisory]] = {}
    for ecosystem in {row[1] for row in ROWS}:
        with zipfile.ZipFile(f"{SHARED}/osv/{ecosystem}/all.zip") as archive:
            for member in archive.namelist():
                record = json.loads(archive.read(member))
                ids = wanted & {record["id"], *record.get("aliases", ())}
                if ids and "withdrawn" not in record:
                    for affected in record["affected"]:
                        advisory = read(record, affected)
                        for name in ids:
                            found.setdefault((advisory.ecosystem, advisory.package, name), []).append(advisory)
    return found


def read(record: dict[str, Any], affected: dict[str, Any]) -> Advisory:
    ranges = []
    for events in [each["events"] for each in affected.get("ranges", ()) if each["type"] != "GIT"]:
        for event in events:
            if "introduced" in event:
                ranges.append({"introduced": event["introduced"]})
            else:
                ranges[-1] |= event
    vectors = [each["score"] for each in record.get("severity") or ()]
    return Advisory(
        id=record["id"],
        ecosystem=affected["package"]["ecosystem"],
        package=affected["package"]["name"],
        ranges=tuple(Range(**bounds) for bounds in ranges),
        versions=tuple(affected.get("versions", ())),
        cvss=" ".join(vectors),
        severity=WORDS.get(record.get("database_specific", {}).get("severity"), Severity.UNKNOWN),
    )


@pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
def test_rows_agree_with_the_records() -> None:
    known = records()
    compared, wrong, vectors = set(), [], []
    for mine in starter():
        theirs = {
            (each.id, str(each)): each
            for name in (mine.id, *mine.aliases)
            for each in known.get((mine.ecosystem, mine.package, name), ())
        }.values()
        if not theirs:
            continue
        compared.add(mine.id)
        key = partial(versions.certain_key, mine.ecosystem)
        probes = {version for each in theirs for version in each.versions} | {b.fixed for b in mine.ranges if b.fixed}
        if any(each.ranges for each in theirs):
            probes |= {version for each in (mine, *theirs) for bounds in each.ranges for version in ends(bounds)}
        for version in sorted(probes):
            ours, others = hit(mine, version, key), any(hit(each, version, key) for each in theirs)
            if bool(ours) is not others:
                wrong.append((mine.id, mine.package, version, f"here {bool(ours)}, there {others}"))
        given = {base(vector) for each in theirs for vector in each.cvss.split()}
        if given and base(mine.cvss) not in given and mine.id not in OTHER_VECTORS:
            vectors.append((mine.id, mine.cvss, given))
        words = {each.severity for each in theirs} - {Severity.UNKNOWN}
        if not given and words and rating(mine.cvss) not in words and mine.id not in OTHER_VECTORS:
            vectors.append((mine.id, mine.cvss, words))
    assert wrong == []
    assert vectors == []
    assert len(compared) >= 75


def rating(vector: str) -> Severity:
    return scoring.rating(scoring.score(vector) or 0)


def base(vector: str) -> str:
    """The base metrics: what comes after (E:H, the words of version 4) and 3.0 or 3.1 make no difference."""
    metrics = vector.replace("CVSS:3.0", "CVSS:3.1").split("/")
    return "/".join(metrics[:12] if vector.startswith("CVSS:4") else metrics[:9])


def ends(bounds: Range) -> list[str]:
    return [version for version in (bounds.introduced, bounds.fixed, bounds.last_affected) if version not in ("", "0")]
