"""Which base fits what an image runs: by programs as they are noted, and by a real one."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from seawall.contents.programs import program
from seawall.model import Contents, Image, Package, Program
from seawall.model.contents import Need, Run, Trace
from seawall.remedies.bases import bases
from seawall.workflows.images import Images
from seawall.workflows.settings import Settings

from . import debian

GLIBC = "/lib64/ld-linux-x86-64.so.2"


def image(*, packages: tuple[Package, ...] = (), unknown: tuple[str, ...] = (), **of_main: Any) -> Image:
    main = Program(path="app/run", kind="elf", **of_main) if "path" not in of_main else Program(kind="elf", **of_main)
    trace = Trace(
        runs=(Run(path=main.path, command=("x",), phase="main", why="the entrypoint"),),
        needs=(Need(path=main.path, phase="main", why="it is run"),),
        unknown=unknown,
    )
    return Image(name="x", packages=packages, contents=Contents(programs=(main,), trace=trace))


def test_by_how_it_is_linked() -> None:
    assert bases(image(static=True))[0] == "base: fits: gcr.io/distroless/static-debian12:nonroot"
    linked = bases(image(interpreter=GLIBC, needed=("libc.so.6", "libssl.so.3"), glibc="2.34"))
    assert "base: fits: gcr.io/distroless/base-debian12:nonroot" in linked
    assert not any("static-" in each for each in linked)
    newer = bases(image(interpreter=GLIBC, needed=("libfoo.so.1",), glibc="2.39"))
    assert any("it has glibc 2.36, and 2.39 is needed, copy libfoo.so.1, which it has not" in each for each in newer)
    assert "musl" in bases(image(interpreter="/lib/ld-musl-x86_64.so.1"))[0]


def test_by_runtime_and_version() -> None:
    node = Package(type="generic", name="node", version="22.11.0")
    assert bases(image(path="usr/local/bin/node", tools=("node",), packages=(node,))) == (
        "base: fits: gcr.io/distroless/nodejs22-debian12:nonroot",
    )
    assert "no base listed here has python 3.13" in bases(image(path="usr/local/bin/python3.13"))[0]
    assert "no base listed here has node" in bases(image(path="usr/local/bin/node"))[0]
    java = bases(image(path="usr/lib/jvm/java-21-openjdk-amd64/bin/java", unknown=("Java code may start programs",)))
    assert "base: fits: mcr.microsoft.com/openjdk/jdk:21-distroless" in java
    assert java[-1] == "base: not followed: Java code may start programs"


def test_what_is_not_known_is_said() -> None:
    assert "was not traced" in bases(Image(name="x"))[0]
    assert "no program that stays" in bases(Image(name="x", contents=Contents(trace=Trace())))[0]


def test_a_shell_that_stays_breaks() -> None:
    assert any(
        "breaks what dash runs" in each for each in bases(image(path="bin/dash", tools=("dash",), interpreter=GLIBC))
    )


def test_the_glibc_of_a_real_program_and_the_base_of_a_real_image(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    debian.unpack(debian.fetch(tmp_path / "debs", "python3"), root)
    (root / "srv").mkdir(exist_ok=True)
    (root / "srv/main.py").write_text("print(1)\n")
    (found,) = [path for path in (root / "usr/bin").glob("python3.*") if not path.is_symlink()]
    noted = program("usr/bin/python3", found.read_bytes())
    assert noted
    assert (2, 17) < tuple(map(int, noted.glibc.split("."))) < (2, 60)
    layout = debian.layout(tmp_path / "i", [debian.layer_of(root)], Entrypoint=["/usr/bin/python3", "/srv/main.py"])
    with Images(Settings(today=datetime.date(2026, 11, 23), database=tmp_path / "none.db")) as images:
        read = images.contents(images.sources(layout)[0])
    if found.name != "python3.11":
        pytest.skip("the machine's Debian has another Python than the base")
    assert "base: fits: gcr.io/distroless/python3-debian12:nonroot" in bases(read)
