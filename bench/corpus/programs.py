"""Programs with their modules inside: of Go by its own linker, of Rust by cargo-auditable."""

from __future__ import annotations

import os
import re
from pathlib import Path

from corpus.layer import Truth, run

GO = (
    "github.com/google/go-containerregistry/cmd/crane@v0.20.2",
    "github.com/mikefarah/yq/v4@v4.44.3",
    "sigs.k8s.io/kind@v0.24.0",
)
RUST = ("ripgrep@14.1.1",)
AUDITABLE = "cargo-auditable@0.7.0"


def go(root: Path, work: Path) -> Truth:
    """Programs as `go install` builds them; the truth is what `go version -m` says."""
    target = root / "usr/local/bin"
    target.mkdir(parents=True)
    for module in GO:
        run("go", "install", module, cwd=work, env={"GOBIN": str(target), "CGO_ENABLED": "0"})
    return {"golang": sorted(found for path in target.iterdir() for found in _modules(path, work))}


def _modules(path: Path, work: Path) -> list[tuple[str, str]]:
    first, *lines = run("go", "version", "-m", path, cwd=work).splitlines()
    found = [("stdlib", first.rpartition("go")[2])]
    for line in lines:
        kind, *words = line.split("\t")[1:]
        if kind in ("mod", "dep"):
            found.append((words[0], words[1]))
        elif kind == "=>":
            found[-1] = words[0], words[1]
    return found


def rust(root: Path, work: Path) -> Truth:
    """Programs as `cargo auditable install` builds them; the truth is `cargo tree` of what they were built from."""
    tools = work / "tools"
    run("cargo", "install", "--quiet", "--locked", "--root", tools, AUDITABLE, cwd=work)
    found: set[tuple[str, str]] = set()
    for crate in RUST:
        name, _, version = crate.partition("@")
        cargo = {"PATH": f"{tools / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        run(
            "cargo",
            "auditable",
            "install",
            "--quiet",
            "--locked",
            "--root",
            root / "usr/local",
            crate,
            cwd=work,
            env=cargo,
        )
        home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
        source = next(home.glob(f"registry/src/*/{name}-{version}"))
        words = ("--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--no-dedupe")
        for line in run("cargo", "tree", *words, cwd=source).splitlines():
            if named := re.match(r"(\S+) v(\S+)", line):
                found.add((named[1], named[2]))
    for note in root.glob("usr/local/.crates*"):
        note.unlink()
    return {"cargo": sorted(found)}
