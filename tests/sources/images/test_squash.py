"""Layers on top of each other show what a container sees: by example, and against a plain simulation."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import LimitExceeded
from seawall.safe.limits import Limits
from seawall.sources.images.links import follow
from seawall.sources.images.squash import Tree

Entry = tuple[str, ...]


def tree(make: SimpleNamespace, *layers: list[Entry]) -> Tree[str]:
    return Tree([make.facts(make.layer(*entries)) for entries in layers], lambda path: True)


def seen(made: Tree[str]) -> dict[str, str]:
    return {path: result for path, result, _ in made.results()}


def test_a_whiteout_hides_lower_layers_only(make: SimpleNamespace) -> None:
    lower = [("file", "a/b", "old"), ("file", "a/c", "c"), ("file", "d/e/f", "f")]
    upper = [
        ("file", "a/b", "new"),
        ("whiteout", "a/b"),
        ("whiteout", "a/c"),
        ("whiteout", "d"),
        ("whiteout", "none/x"),
    ]
    made = tree(make, lower, upper)
    assert seen(made) == {"a/b": "new"}
    assert not made.exists("d/e/f")
    assert not made.exists("d")


def test_an_opaque_folder_hides_what_lower_layers_have_in_it(make: SimpleNamespace) -> None:
    lower = [("file", "a/b", "b"), ("file", "a/sub/c", "c"), ("file", "d", "d")]
    assert seen(tree(make, lower, [("file", "a/new", "n"), ("opaque", "a")])) == {"a/new": "n", "d": "d"}
    assert seen(tree(make, lower, [("opaque", "")])) == {}


def test_a_folder_replaced_by_a_file_and_back(make: SimpleNamespace) -> None:
    layers: list[list[Entry]] = [[("file", "a/b/c", "1")], [("file", "a", "2")], [("dir", "a"), ("file", "a/d", "3")]]
    assert seen(tree(make, *layers[:2])) == {"a": "2"}
    assert seen(tree(make, *layers)) == {"a/d": "3"}
    assert seen(tree(make, layers[0], [("symlink", "a", "/x")])) == {}


def test_within_a_layer_the_last_entry_wins(make: SimpleNamespace) -> None:
    assert seen(tree(make, [("file", "a", "1"), ("file", "a", "2")])) == {"a": "2"}
    assert seen(tree(make, [("file", "a/b", "1"), ("file", "a", "2")])) == {"a": "2"}
    assert seen(tree(make, [("file", "a/b/c", "1"), ("symlink", "a", "x"), ("file", "a/d", "2")])) == {"x/d": "2"}
    assert seen(tree(make, [("file", "a", "1"), ("symlink", "a", "nowhere")])) == {}


def test_merged_usr(make: SimpleNamespace) -> None:
    base: list[Entry] = [("file", "usr/lib/apk/db/installed", "old"), ("symlink", "lib", "usr/lib")]
    made = tree(make, base, [("file", "lib/apk/db/installed", "new")])
    assert seen(made) == {"usr/lib/apk/db/installed": "new"}
    assert made.find("lib/apk/db/installed") == "new"
    assert made.history("lib/apk/db/installed") == [(0, "old"), (1, "new")]
    assert made.resolve("lib/apk") == "usr/lib/apk"
    same = tree(make, [("symlink", "lib", "usr/lib"), ("file", "lib/x", "1")])
    assert seen(same) == {"usr/lib/x": "1"}
    assert seen(tree(make, base, [("whiteout", "lib/apk")])) == {}


def test_a_folder_that_a_layer_names_replaces_a_lower_link(make: SimpleNamespace) -> None:
    base: list[Entry] = [("file", "usr/lib/x", "1"), ("symlink", "lib", "usr/lib")]
    assert seen(tree(make, base, [("dir", "lib"), ("file", "lib/y", "2")])) == {"usr/lib/x": "1", "lib/y": "2"}


def test_hard_links(make: SimpleNamespace) -> None:
    lower: list[Entry] = [("file", "a", "1"), ("hardlink", "b", "a"), ("hardlink", "c", "b")]
    made = tree(make, lower, [("file", "a", "2"), ("hardlink", "d", "c")])
    assert list(made.results()) == [("a", "2", 1), ("b", "1", 0), ("c", "1", 0), ("d", "1", 0)]
    assert seen(tree(make, [("hardlink", "x", "nowhere")])) == {}
    assert seen(tree(make, [("hardlink", "x", "x")])) == {}


def test_links_that_loop_or_escape_lead_nowhere(make: SimpleNamespace) -> None:
    loop = tree(make, [("symlink", "a", "b"), ("symlink", "b", "a"), ("symlink", "self", "self/x")])
    assert [loop.resolve(path) for path in ("a", "b", "a/x", "self")] == [None] * 4
    made = tree(
        make, [("file", "etc/passwd", "p"), ("symlink", "x", "../../../etc/passwd"), ("symlink", "y", "/../etc")]
    )
    assert made.find("x") == "p"
    assert made.find("y/passwd") == "p"
    assert seen(tree(make, [("symlink", "a", "b"), ("symlink", "b", "a")], [("file", "a/f", "1")])) == {"a/f": "1"}


def test_a_chain_of_forty_links_is_followed_and_no_longer_one(make: SimpleNamespace) -> None:
    chain: list[Entry] = [("symlink", f"l{index}", f"l{index + 1}") for index in range(41)]
    made = tree(make, [*chain, ("file", "l41", "end")])
    assert made.find("l1") == "end"
    assert made.find("l0") is None
    assert follow("a", lambda path: "x" * 5000) is None


def test_history_begins_where_the_file_was_last_absent(make: SimpleNamespace) -> None:
    one, two, three = ([("file", "db", text)] for text in "123")
    assert tree(make, one, two, three).history("db") == [(0, "1"), (1, "2"), (2, "3")]
    assert tree(make, one, [("whiteout", "db")], three).history("db") == [(2, "3")]
    assert tree(make, one, [("other", "x")], three).history("db") == [(0, "1"), (2, "3")]
    assert tree(make, one).history("none") == []


def test_odd_whiteouts_are_noted_and_do_no_harm(make: SimpleNamespace) -> None:
    odd: list[Entry] = [
        ("file", "a/.wh...", ""),
        ("file", "a/.wh.", ""),
        ("file", ".wh..wh.plnk", ""),
        ("file", "a/b", "1"),
    ]
    facts = make.facts(make.layer(*odd))
    assert facts.whiteouts == []
    assert len(facts.notes) == 2


def test_paths_that_would_fill_the_memory(make: SimpleNamespace) -> None:
    deep = [("file", f"{index}/" + "a/" * 2000 + "x", "") for index in range(5)]
    with pytest.raises(LimitExceeded, match="layer_names_bytes"):
        make.facts(make.layer(*deep), limits=Limits(layer_names_bytes=1 << 20))
    long = make.facts(make.layer(("file", "a/" * 3000 + "x", ""), ("file", "b", "")))
    assert list(long.results) == ["b"]
    assert "longer than 4,096 characters" in long.notes[0]


names = st.sampled_from("abc")
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
targets = st.one_of(
    st.builds(lambda up, path: up + path, st.sampled_from(["", "", "/", "../", "./"]), paths),
    st.sampled_from(["/", "..", "."]),
)
entry = st.one_of(
    st.tuples(st.just("file"), paths),
    st.tuples(st.sampled_from(["dir", "other", "whiteout"]), paths),
    st.tuples(st.just("opaque"), st.one_of(st.just(""), paths)),
    st.tuples(st.sampled_from(["symlink", "hardlink"]), paths, targets),
)


class Simulation:
    """The same rules on flat dictionaries, one step at a time: `state` maps a path to (kind, detail)."""

    def __init__(self) -> None:
        self.state: dict[str, tuple[str, str]] = {}

    def apply(self, entries: list[Entry]) -> None:
        own: dict[str, tuple[str, str]] = {}
        hidden: list[str] = []
        emptied: list[str] = []
        for kind, path, *rest in entries:
            parent, _, name = path.rpartition("/")
            if kind == "opaque":
                emptied.append(self.real(own, path))
            elif kind == "whiteout":
                hidden.append(f"{self.real(own, parent)}/{name}".lstrip("/"))
            else:
                detail = rest[0] if rest else ""
                if kind == "hardlink":
                    up, _, last = self.clean(detail).rpartition("/")
                    detail = f"{self.real(own, up)}/{last}".lstrip("/")
                self.put(own, f"{self.real(own, parent)}/{name}".lstrip("/"), kind, detail)
        self.hide(emptied, hidden)
        self.merge(own)

    def hide(self, emptied: list[str], hidden: list[str]) -> None:
        for path in emptied:
            parent, _, name = path.rpartition("/")
            real = follow(parent, self.link)
            if real is not None:
                self.clear(self.state, f"{real}/{name}".strip("/"))
        for path in hidden:
            parent, _, name = path.rpartition("/")
            real = follow(parent, self.link)
            if real is not None:
                gone = f"{real}/{name}".lstrip("/")
                self.clear(self.state, gone)
                self.state.pop(gone, None)

    def merge(self, own: dict[str, tuple[str, str]]) -> None:
        place: dict[str, str | None] = {"": ""}
        for path, (kind, detail) in sorted(own.items(), key=lambda item: self.order(own, item[0])):
            parent, _, name = path.rpartition("/")
            base = place[parent]
            if base is None or (base and self.state.get(base, ("", ""))[0] != "dir"):
                place[path] = None  # the layer itself has put something else in the folder's place
                continue
            here = f"{base}/{name}".lstrip("/")
            if kind in ("dir", "way"):
                real = follow(here, self.link) if kind == "way" else None
                place[path] = real = here if real is None else real
                self.fold(real)
            elif kind == "hardlink":
                up, _, last = detail.rpartition("/")
                real = follow(up, self.link)
                at = f"{real}/{last}".lstrip("/") if real is not None else ""
                found = self.state.get(at, ("other", ""))
                self.clear(self.state, here)
                self.state[here] = ("other", "") if found[0] == "dir" else found
            else:
                self.clear(self.state, here)
                self.state[here] = kind, detail

    def order(self, own: dict[str, tuple[str, str]], path: str) -> tuple[bool, int, bool]:
        """Hard links last; a folder, then what is in it; folders as they came."""
        kind, folders = own[path][0], ["", *(key for key in own if own[key][0] in ("dir", "way"))]
        inside = kind not in ("dir", "way")
        return kind == "hardlink", folders.index(path.rpartition("/")[0] if inside else path), inside

    def put(self, own: dict[str, tuple[str, str]], path: str, kind: str, detail: str) -> None:
        for end in range(1, path.count("/") + 1):
            up = "/".join(path.split("/")[:end])
            if own.get(up, ("", ""))[0] not in ("dir", "way"):
                own.pop(up, None)
                own[up] = "way", ""
        if kind == "dir" and own.get(path, ("", ""))[0] in ("dir", "way"):
            own[path] = "dir", ""
            return
        self.clear(own, path)
        own.pop(path, None)
        own[path] = kind, detail

    def fold(self, path: str) -> None:
        for end in range(1, path.count("/") + 2 if path else 0):
            up = "/".join(path.split("/")[:end])
            if self.state.get(up, ("", ""))[0] != "dir":
                self.state[up] = "dir", ""

    def clear(self, state: dict[str, tuple[str, str]], path: str) -> None:
        if state.get(path, ("dir", ""))[0] in ("dir", "way"):
            for below in [key for key in state if path == "" or key.startswith(f"{path}/")]:
                del state[below]

    def real(self, own: dict[str, tuple[str, str]], path: str) -> str:
        found = follow(path, lambda at: own[at][1] if own.get(at, ("", ""))[0] == "symlink" else None)
        return path if found is None else found

    def link(self, path: str) -> str | None:
        kind, target = self.state.get(path, ("", ""))
        return target if kind == "symlink" else None

    def clean(self, path: str) -> str:
        parts: list[str] = []
        for part in path.split("/"):
            parts = parts[:-1] if part == ".." else [*parts, part] if part not in ("", ".") else parts
        return "/".join(parts)


@settings(max_examples=300)
@given(st.lists(st.lists(entry, max_size=6), min_size=1, max_size=4))
def test_any_layers_squash_as_in_the_simulation(make: SimpleNamespace, drawn: list[list[Entry]]) -> None:
    number = itertools.count()
    layers = [[(*one, str(next(number))) if one[0] == "file" else one for one in entries] for entries in drawn]
    simulation = Simulation()
    for entries in layers:
        simulation.apply(entries)
    made = tree(make, *layers)
    assert seen(made) == {path: detail for path, (kind, detail) in simulation.state.items() if kind == "file"}
    unwanted = Tree(
        [make.facts(make.layer(*entries), wants=lambda path: False) for entries in layers], lambda path: False
    )
    for length in (1, 2, 3):
        for path in map("/".join, itertools.product("abc", repeat=length)):
            real = follow(path, simulation.link)
            expected = real if real == "" or real in simulation.state else None
            assert made.resolve(path) == unwanted.resolve(path) == expected
