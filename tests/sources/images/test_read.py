"""What is wanted is visited once and well, also where only a link leads to it; what cannot be read is reported."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from seawall.errors import Malformed
from seawall.safe.limits import Limits
from seawall.sources.images.layer import LayerFacts
from seawall.sources.images.opening import open_images
from seawall.sources.images.read import ImageTree, read, read_layer


def scan(make: SimpleNamespace, path: Path, layers: list[Any], *wanted: str, **options: Any) -> ImageTree[str]:
    (source,) = open_images(make.docker_archive(path / "i.tar", [make.layer(*entries) for entries in layers]))
    visit = options.pop("visit", lambda name, content: f"{name}={content.decode()}")
    return read(source, wants=lambda name: name in wanted, visit=visit, **options)


def test_only_what_is_wanted_is_visited(make: SimpleNamespace, tmp_path: Path) -> None:
    visited = []
    layers = [[("file", "a", "1"), ("file", "b", "2")], [("file", "a", "3")]]
    made = scan(make, tmp_path, layers, "a", visit=lambda name, content: visited.append((name, content)), threads=1)
    assert visited == [("a", b"1"), ("a", b"3")]
    assert made.tree.exists("b")
    assert made.tree.find("b") is None


def test_links_to_files_that_nobody_wanted(make: SimpleNamespace, tmp_path: Path) -> None:
    layers = [
        [("file", "data/os", "x"), ("file", "data/db", "y"), ("file", "data/hard", "z")],
        [
            ("symlink", "etc/os-release", "../data/os"),
            ("symlink", "var/db", "/data"),
            ("hardlink", "etc/h", "data/hard"),
        ],
    ]
    made = scan(make, tmp_path, layers, "etc/os-release", "etc/h", "var/db/db", exact=["var/db/db", "none"])
    assert list(made.tree.results()) == [
        ("etc/h", "etc/h=z", 0),
        ("etc/os-release", "etc/os-release=x", 0),
        ("var/db/db", "var/db/db=y", 0),
    ]
    assert made.tree.find("var/db/db") == "var/db/db=y"
    assert made.tree.history("etc/os-release") == [(0, "etc/os-release=x")]


def test_a_link_to_a_visited_file_is_not_a_second_file(make: SimpleNamespace, tmp_path: Path) -> None:
    layers = [[("file", "usr/lib/os", "x"), ("symlink", "etc/os", "../usr/lib/os"), ("hardlink", "hard", "usr/lib/os")]]
    made = scan(make, tmp_path, layers, "usr/lib/os", "etc/os", "hard")
    assert [path for path, _, _ in made.tree.results()] == ["hard", "usr/lib/os"]
    assert made.tree.find("etc/os") == "usr/lib/os=x"


def test_a_file_that_lands_elsewhere_is_found_there(make: SimpleNamespace, tmp_path: Path) -> None:
    layers = [[("file", "var/lib/dpkg/x", ""), ("symlink", "opt", "var/lib/dpkg")], [("file", "opt/status", "s")]]
    made = scan(make, tmp_path, layers, "var/lib/dpkg/status")
    assert list(made.tree.results()) == [("var/lib/dpkg/status", "var/lib/dpkg/status=s", 1)]


def test_the_newest_version_counts_by_every_name(make: SimpleNamespace, tmp_path: Path) -> None:
    layers = [[("file", "usr/lib/db", "old"), ("symlink", "lib", "usr/lib")], [("file", "lib/db", "new")]]
    made = scan(make, tmp_path, layers, "usr/lib/db")
    for name in ("usr/lib/db", "lib/db"):
        assert made.tree.history(name) == [(0, "usr/lib/db=old"), (1, "usr/lib/db=new")]


def test_what_cannot_be_read_is_reported_where_it_is_visible(make: SimpleNamespace, tmp_path: Path) -> None:
    def visit(name: str, content: bytes) -> str:
        if content.startswith(b"bad"):
            raise Malformed("makes no sense", where=name)
        return name

    layers = [
        [
            ("file", "a", "bad"),
            ("file", "b", "bad"),
            ("file", "big", "x" * 100),
            ("file", "t", "bad"),
            ("symlink", "l", "t"),
        ],
        [("file", "b", "good")],
    ]
    made = scan(make, tmp_path, layers, "a", "b", "big", "l", visit=visit, limits=Limits(evidence_bytes=99))
    assert [path for path, _, _ in made.tree.results()] == ["b"]
    assert [(note.where, note.why.split(" (")[0]) for note in made.image.not_assessed] == [
        ("app:1!/a", "makes no sense"),
        ("app:1!/big", "more than the evidence_bytes limit of 99 allows"),
        ("app:1!/l", "makes no sense"),
    ]
    hidden = scan(make, tmp_path, [layers[0], [("whiteout", "a")]], "a", visit=visit)
    assert hidden.image.not_assessed == ()
    worse = scan(make, tmp_path, [[("file", "b", "good")], [("file", "b", "bad")]], "b", visit=visit)
    assert worse.tree.find("b") is None
    assert worse.tree.history("b") == []


def test_odd_layers_are_reported(make: SimpleNamespace, tmp_path: Path) -> None:
    made = scan(make, tmp_path, [[("file", "../../etc/passwd", "x"), ("file", "a/.wh...", "")]], "etc/passwd")
    assert made.tree.find("etc/passwd") == "etc/passwd=x"
    assert ["outside the root" in note.why or "whiteout" in note.why for note in made.image.not_assessed] == [
        True,
        True,
    ]


def test_the_facts_of_a_layer_can_be_kept(make: SimpleNamespace, tmp_path: Path) -> None:
    """A cache holds them by a digest that was computed, never by one that was claimed."""
    entries = [("file", "a", "1"), ("symlink", "b", "a"), ("whiteout", "c"), ("opaque", "d"), ("file", "e/f", "2")]
    layout = make.Layout()
    data = make.layer(*entries)
    (source,) = open_images(layout.add(layout.image([data])).write(tmp_path))
    assert source.layers[0] is not None
    facts = read_layer(source.layers[0], wants=lambda p: True, visit=lambda p, c: c.decode(), limits=Limits())
    assert (facts.diff_id, facts.digest) == (make.digest(data), source.image.layers[0].digest)
    assert msgspec.json.decode(msgspec.json.encode(facts), type=LayerFacts[str]) == facts
    unchecked = read_layer(
        source.layers[0], wants=lambda p: True, visit=lambda p, c: c.decode(), limits=Limits(), verify=False
    )
    assert unchecked.diff_id == ""


def test_an_archive_is_closed_with_its_last_user(make: SimpleNamespace, tmp_path: Path) -> None:
    for packing in ("plain", "gzip"):
        images = open_images(make.docker_archive(tmp_path / "i.tar", [make.layer(("file", "a", "1"))], packing))
        layer = images[0].layers[0]
        assert layer is not None
        held = layer.open()._file  # type: ignore[attr-defined]
        del images, layer
        gc.collect()
        assert held.closed


def test_a_name_that_is_not_utf8_can_be_shown(make: SimpleNamespace, tmp_path: Path) -> None:
    data = make.layer(("file", "a\udcff", "1"), ("symlink", "l\udcfe", "a\udcff"))
    (source,) = open_images(make.docker_archive(tmp_path / "i.tar", [data]))
    made = read(source, wants=lambda path: path[0] == "l", visit=lambda path, content: path)
    assert [result for _, result, _ in made.tree.results()] == [r"l\xfe"]
    refused = read(source, wants=lambda path: True, visit=lambda path, content: path, limits=Limits(evidence_bytes=0))
    assert [note.where for note in refused.image.not_assessed] == [r"app:1!/a\xff"]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_change_nothing(images: Path, threads: int) -> None:
    (source,) = open_images(images / "dive-test-docker-image.tar")
    made = read(source, wants=lambda path: True, visit=lambda path, content: len(content), threads=threads)
    assert sum(1 for _ in made.tree.results()) == 405


def test_the_archive_object_is_not_kept_by_errors(make: SimpleNamespace, tmp_path: Path) -> None:
    (source,) = open_images(make.docker_archive(tmp_path / "i.tar", [make.layer(("file", "a", "1"))]))
    alive = weakref.ref(source.layers[0].open.func.__self__)  # type: ignore[union-attr]
    del source
    gc.collect()
    assert alive() is None
