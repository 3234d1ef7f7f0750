"""The law of plans: afterwards nothing is missing that was there before, whatever is on offer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.advisories.versions import compare
from seawall.remedies.patch.apk_database import ApkInstalled
from seawall.remedies.patch.plan import Plan, plan
from seawall.remedies.patch.relations import ALPINE, DEBIAN, Relation
from seawall.sources.repositories.repository import Entry

NAMES = "abcde"
SOURCE = {"a": "s", "b": "s", "c": "t", "d": "u", "e": "u"}


def installed(name: str, version: str, *depends: str, held: bool = False, source: str = "") -> ApkInstalled:
    return ApkInstalled(
        name=name, version=version, arch="amd64", source=source or SOURCE.get(name, name), checksum="",
        depends=depends, provides=(), files={}, held=held,
    )  # fmt: skip


def offer(name: str, version: str, *depends: str) -> Entry:
    return Entry(
        type="deb", name=name, version=version, arch="amd64", source=SOURCE.get(name, name), source_version=version,
        url=f"https://x/{name}", digest="sha256:0", depends=depends,
    )  # fmt: skip


def planned(have: list[ApkInstalled], offers: list[Entry], **wanted: str) -> Plan[ApkInstalled]:
    def find(name: str) -> list[Entry]:
        return [each for each in offers if each.name == name]

    return plan({each.name: each for each in have}, wanted, find, {}, rules=DEBIAN)


def versions(found: Plan[ApkInstalled]) -> dict[str, str]:
    return {change.entry.name: change.entry.version for change in found.changes}


def test_what_belongs_together_goes_together() -> None:
    have = [installed("a", "1"), installed("b", "1"), installed("c", "1", "a (= 1) | nothing")]
    offers = [offer("a", "2"), offer("b", "2"), offer("a", "3~bpo12+1"), offer("c", "2", "a (= 2)")]
    assert versions(planned(have, offers, a="2")) == {"a": "2", "b": "2", "c": "2"}


def test_what_is_needed_comes_along_or_it_is_refused() -> None:
    have = [installed("a", "1")]
    offers = [offer("a", "2", "n (>= 5) | m", "a"), offer("n", "6"), offer("n", "5")]
    assert versions(planned(have, offers, a="2")) == {"a": "2", "n": "6"}
    refused = planned(have, [offer("a", "2", "n (>= 7)"), offer("n", "6")], a="2")
    assert versions(refused) == {}
    assert "needs n (>= 7)" in refused.left["a"]


def test_reasons() -> None:
    assert "held" in planned([installed("a", "1", held=True)], [offer("a", "2")], a="2").left["a"]
    assert "no newer" in planned([installed("a", "2")], [offer("a", "2"), offer("a", "1")], a="").left["a"]
    assert "3 mends it" in planned([installed("a", "1")], [offer("a", "2")], a="3").left["a"]
    broken = planned([installed("a", "1"), installed("d", "1", "a (<< 2)")], [offer("a", "2")], a="2")
    assert "d 1 needs a (<< 2)" in broken.left["a"]
    # what was missing before is no reason, as in distroless images
    assert versions(planned([installed("a", "1", "gone (>= 1)")], [offer("a", "2", "gone (>= 2)")], a="")) == {"a": "2"}


def test_relations() -> None:
    assert DEBIAN.parse("libc6:any (>= 2.36) | libc7 [amd64] <!x>") == [
        Relation("libc6", ">=", "2.36"), Relation("libc7", "", ""),
    ]  # fmt: skip
    assert ALPINE.parse("so:libssl.so.3=3.1") == [Relation("so:libssl.so.3", "=", "3.1")]
    assert ALPINE.parse("!busybox") == []
    world = {"so:x": [("a", "1.2.3-r1")]}
    assert [ALPINE.met(f"so:x{text}", world) for text in ("", ">=1.2", "<1.2", "~1.2", ">1.2.3-r1")] == [1, 1, 0, 1, 0]


_RELATION = st.builds(
    lambda name, operator, version: f"{name} ({operator} {version})",
    st.sampled_from(NAMES), st.sampled_from(["<<", "<=", "=", ">=", ">>"]), st.sampled_from("1234"),
)  # fmt: skip


@settings(max_examples=300)
@given(st.data())
def test_nothing_that_was_met_is_missing_afterwards(data: st.DataObject) -> None:
    relations = st.lists(_RELATION, max_size=2)
    have = [installed(name, "1", *data.draw(relations)) for name in NAMES[: data.draw(st.integers(1, 5))]]
    offers = [offer(n, v, *data.draw(relations)) for n in NAMES for v in data.draw(st.sets(st.sampled_from("234")))]
    wanted = {each.name: "" for each in have if data.draw(st.booleans())}
    found = planned(have, offers, **wanted)
    final = {each.name: (each.version, each.depends) for each in have}
    before = {each.name: [(each.name, each.version)] for each in have}
    final |= {change.entry.name: (change.entry.version, change.entry.depends) for change in found.changes}
    world = {name: [(name, version)] for name, (version, _) in final.items()}
    for each in have:
        assert compare("Debian", final[each.name][0], each.version) >= 0
        missing = {DEBIAN.parse(t)[0].name for t in each.depends if not DEBIAN.met(t, before)}
        for text in final[each.name][1]:
            assert DEBIAN.met(text, world) or DEBIAN.parse(text)[0].name in missing
    assert set(wanted) <= set(found.left) | {change.entry.name for change in found.changes}
