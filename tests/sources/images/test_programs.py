"""Files that are chosen by what they begin with: which ones are looked at, and what the tree makes of them."""

from __future__ import annotations

import io
import tarfile

import pytest

from seawall.errors import Malformed
from seawall.safe.compression import open_stream
from seawall.safe.limits import DEFAULT, MIB
from seawall.sources.images.layer import HEAD, SMALLEST_PROGRAM, LayerFacts, analyse
from seawall.sources.images.squash import Tree

PROGRAM = b"\x7fELF".ljust(SMALLEST_PROGRAM, b"p")


def layer(*entries: tuple[str, int, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for path, mode, content in entries:
            info = tarfile.TarInfo(path)
            info.mode, info.size = mode, len(content)
            out.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def facts(data: bytes, asked: dict[str, bytes] | None = None) -> LayerFacts[int]:
    def wants_program(path: str, head: bytes) -> bool:
        if asked is not None:
            asked[path] = head
        return head.startswith(b"\x7fELF")

    return analyse(
        open_stream(io.BytesIO(data), where="layer"),
        wants=lambda path: path == "named",
        wants_program=wants_program,
        visit=lambda path, content: len(content),
        limits=DEFAULT,
        where="layer",
    )


def test_what_may_run_is_looked_at_and_programs_are_read() -> None:
    asked: dict[str, bytes] = {}
    found = facts(
        layer(
            ("srv/app", 0o755, PROGRAM + b"more"),
            ("srv/script", 0o755, b"#!/bin/sh".ljust(SMALLEST_PROGRAM)),
            ("srv/small", 0o755, b"\x7fELF"),
            ("srv/data", 0o644, PROGRAM),
            ("usr/bin/copied", 0o644, PROGRAM),
            ("usr/lib/libssl.so.3", 0o644, PROGRAM),
            ("Files/app.exe", 0o644, PROGRAM),
            ("named", 0o644, b"abc"),
        ),
        asked,
    )
    assert found.results == {
        "srv/app": SMALLEST_PROGRAM + 4,
        "srv/small": 4,
        "usr/bin/copied": SMALLEST_PROGRAM,
        "usr/lib/libssl.so.3": SMALLEST_PROGRAM,
        "Files/app.exe": SMALLEST_PROGRAM,
        "named": 3,
    }
    read = {"srv/app", "srv/small", "usr/bin/copied", "usr/lib/libssl.so.3", "Files/app.exe"}
    assert asked.keys() == read | {"srv/script"}
    assert {len(head) for path, head in asked.items() if path != "srv/small"} == {HEAD}


def test_a_program_that_a_script_replaces_is_gone() -> None:
    layers = [
        facts(layer(("bin/a", 0o755, PROGRAM), ("bin/b", 0o755, PROGRAM))),
        facts(layer(("bin/a", 0o755, b"#!/bin/sh".ljust(SMALLEST_PROGRAM)), ("bin/b", 0o700, PROGRAM + b"2"))),
    ]
    tree = Tree(layers, lambda path: path == "named")
    assert list(tree.results()) == [("bin/b", SMALLEST_PROGRAM + 1, 1)]
    assert tree.history("bin/b") == [(0, SMALLEST_PROGRAM), (1, SMALLEST_PROGRAM + 1)]


def test_large_programs_are_gathered_and_the_walk_goes_on() -> None:
    sizes = [3 * MIB + 1, MIB, MIB + 1, 2 * MIB - 512, 5 * MIB + 511]
    entries = [(f"bin/{size}", 0o755, PROGRAM + bytes(size)) for size in sizes]
    data = layer(*entries, ("named", 0o644, b"abc"))
    expected = {f"bin/{size}": len(PROGRAM) + size for size in sizes} | {"named": 3}
    assert facts(data).results == expected
    for end in (2 * MIB, 4 * MIB + 100):
        with pytest.raises(Malformed, match="cut short"):
            facts(data[:end])
