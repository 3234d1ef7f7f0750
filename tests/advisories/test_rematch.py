"""What changed is judged again, and nothing else: the same answer as judging everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.advisories import rematch
from seawall.advisories.builder import Builder
from seawall.advisories.match import match
from seawall.advisories.store import Store
from seawall.errors import DatabaseError
from seawall.model import Advisory, Distro, FeedStatus, Package, Range

JAMMY = Distro(id="ubuntu", version="22.04")
RHEL = Distro(id="rhel", version="9.4")


def advisory(name: str, ecosystem: str, package: str, fixed: str) -> Advisory:
    source = ecosystem.partition(":")[0]
    return Advisory(id=name, ecosystem=ecosystem, package=package, ranges=(Range(fixed=fixed),), source=source)


def build(db: Path, *advisories: Advisory) -> Path:
    with Builder(db) as builder:
        builder.add(advisories)
        for source in {each.source for each in advisories}:
            builder.finish(FeedStatus(source=source, records=1))
    return db


def npm(name: str, version: str = "1.0.0") -> Package:
    return Package(type="npm", name=name, version=version)


def test_places_are_where_match_looks() -> None:
    deb = Package(type="deb", name="libssl3", version="3", source="openssl")
    assert set(rematch.places(deb, JAMMY)) == {("Ubuntu:22.04:LTS", "openssl"), ("Ubuntu:Pro:22.04:LTS", "openssl")}
    rpm = Package(type="rpm", name="npm", version="1-1", source="nodejs", source_version="1-1", module="nodejs:18")
    rhel = "Red Hat:enterprise_linux:9"
    assert set(rematch.places(rpm, RHEL)) == {
        (rhel, "npm"), (rhel, "nodejs"), (rhel, "nodejs:18::npm"), (rhel, "nodejs:18::nodejs")
    }  # fmt: skip
    assert set(rematch.places(Package(type="pypi", name="Flask_Login", version="1"), None)) == {("PyPI", "flask-login")}
    assert list(rematch.places(deb, None)) == []


def test_only_touched_images_are_named(tmp_path: Path) -> None:
    same = advisory("GHSA-1", "npm", "a", "2.0.0")
    old = build(tmp_path / "old.db", same, advisory("GHSA-2", "npm", "b", "2.0.0"), advisory("GHSA-3", "npm", "c", "2"))
    new = build(tmp_path / "new.db", same, advisory("GHSA-2", "npm", "b", "3.0.0"), advisory("GHSA-4", "npm", "D", "2"))
    changed = rematch.changed(old, new)
    assert changed == {("npm", "b"), ("npm", "c"), ("npm", "d")}
    known = rematch.index([("one", [npm("a"), npm("b")], None), ("two", [npm("a")], None), ("three", [npm("D")], None)])
    touched = rematch.touched(known, changed)
    assert touched == {"one": {("npm", "b")}, "three": {("npm", "d")}}
    assert rematch.again([npm("a"), npm("b")], None, touched["one"]) == (npm("b"),)
    assert rematch.changed(new, new) == frozenset()
    owned = Package(type="npm", name="b", version="1.0.0", owner="node-b")
    owner = Package(type="deb", name="node-b", version="1.0.0-1")
    assert rematch.again([owned, owner], JAMMY, changed) == ()
    assert rematch.again([owned], JAMMY, changed) == (owned,)


def test_a_database_that_is_none(tmp_path: Path) -> None:
    new = build(tmp_path / "new.db", advisory("GHSA-1", "npm", "a", "2"))
    with pytest.raises(DatabaseError):
        rematch.changed(tmp_path / "absent.db", new)


NAMES = st.sampled_from("abcd")
RECORDS = st.dictionaries(NAMES, st.sampled_from(["1.0.0", "2.0.0", "3.0.0"]), min_size=1)


@given(before=RECORDS, after=RECORDS)
@settings(max_examples=20, deadline=None)
def test_judging_again_is_judging_everything(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("rematch")
    databases = [
        build(folder / f"{number}.db", *(advisory(f"GHSA-{name}", "npm", name, fix) for name, fix in records.items()))
        for number, records in enumerate((before, after))
    ]
    packages = [npm(name, version) for name in "abcd" for version in ("1.5.0", "2.5.0")]
    results = []
    for db in databases:
        with Store.open(db) as store:
            results.append({(one.package, one.id) for one in match(packages, None, store).matches})
    again = rematch.again(packages, None, rematch.changed(*databases))
    with Store.open(databases[1]) as store:
        renewed = {(one.package, one.id) for one in match(again, None, store).matches}
    assert {pair for pair in results[0] if pair[0] not in again} | renewed == results[1]
