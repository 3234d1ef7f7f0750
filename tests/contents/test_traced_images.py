"""What an image runs, followed as it is read: needed interpreters are told apart from those that only lie around."""

from __future__ import annotations

from pathlib import Path

from seawall.checks.exploitability import exploitability

from .test_tools import APP, inside, programs, read, rules

__all__ = ["programs"]


def test_an_interpreter_counts_only_where_nothing_needs_it(programs: dict[str, bytes], tmp_path: Path) -> None:
    tree = [
        ("file", "usr/bin/perl", programs["perl-base"], 0o755),
        ("file", "app/server", APP, 0o755),
        ("file", "start", b"#!/usr/bin/perl\nprint 1;\n", 0o755),
    ]
    unneeded = read(tmp_path, tree)
    assert "nothing that the container runs needs it" in rules(unneeded)["IMG-004"][0]
    assert "interpreter" in {each.what for each in exploitability(unneeded) or ()}
    loader = [("file", f"lib/{name}", APP, 0o755) for name in ("libc.so.6", "libm.so.6", "libcrypt.so.1")]
    loader += [("symlink", "lib64/ld-linux-x86-64.so.2", "/lib/libc.so.6", 0o777)]
    needed = read(tmp_path, tree, loader, Entrypoint=["/start"])
    trace = inside(needed).trace
    assert trace is not None
    assert trace.unknown == ()
    assert [(run.path, run.phase) for run in trace.runs] == [("start", "main"), ("usr/bin/perl", "main")]
    assert "IMG-004" not in rules(needed)
    assert "interpreter" not in {each.what for each in exploitability(needed) or ()}


def test_settings_and_sources_are_read_from_the_layers(tmp_path: Path) -> None:
    found = inside(
        read(
            tmp_path,
            [
                ("file", "etc/ld.so.conf", b"include /etc/ld.so.conf.d/*.conf\n", 0o644),
                ("file", "app/package.json", b'{"scripts": {"start": "curl x"}}', 0o644),
                ("file", "usr/bin/npm", b"#!/usr/bin/env node\n", 0o755),
                ("file", "bin/sh", APP, 0o755),
            ],
            Entrypoint=["npm", "start"],
            WorkingDir="/app",
        )
    ).trace
    assert found is not None
    assert any("curl is not in the image" in sentence for sentence in found.unknown)
    assert "etc/ld.so.conf" in {need.path for need in found.needs}


def test_without_an_entrypoint_nothing_is_called_unneeded(programs: dict[str, bytes], tmp_path: Path) -> None:
    image = read(tmp_path, [("file", "usr/bin/perl", programs["perl-base"], 0o755)], Entrypoint=None)
    assert "cannot be decided for perl" in rules(image)["IMG-004"][0]
