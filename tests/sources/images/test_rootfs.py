"""Unpacked root file systems: the same tree as from a layer, and nothing from outside of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seawall.errors import LimitExceeded
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.images.opening import open_images, recognise
from seawall.sources.images.read import ImageTree, read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("usr/lib", "var/lib/dpkg", "etc", "proc/1", "opt"):
        (root / folder).mkdir(parents=True)
    (root / "usr/lib/os-release").write_text("ID=debian\n")
    (root / "etc/os-release").symlink_to("../usr/lib/os-release")
    (root / "lib").symlink_to("usr/lib")
    (root / "var/lib/dpkg/status").write_text("Package: x\n")
    (root / "proc/1/status").write_text("of the kernel")
    (tmp_path / "status").write_text("outside")
    (root / "opt/status").symlink_to(tmp_path / "status")
    (root / "opt/up").symlink_to("../../../../../..")
    return root


def tree(root: Path, *, limits: Limits = DEFAULT, exact: tuple[str, ...] = ()) -> ImageTree[str]:
    (source,) = open_images(root)
    names = ("status", "os-release")
    return read(
        source,
        wants=lambda path: path.rpartition("/")[2] in names,
        visit=lambda path, content: content.decode(),
        exact=exact,
        limits=limits,
    )


def test_it_is_recognised_and_read(root: Path) -> None:
    assert recognise(root) == "rootfs"
    assert recognise(root / "usr") is None
    found = tree(root, exact=("lib/os-release", "lib/status"))
    assert {path: content for path, content, _ in found.tree.results()} == {
        "usr/lib/os-release": "ID=debian\n",
        "var/lib/dpkg/status": "Package: x\n",
    }
    assert found.tree.find("etc/os-release") == "ID=debian\n"
    assert found.image.not_assessed == ()


def test_no_link_leads_out(root: Path) -> None:
    found = tree(root).tree
    assert found.find("opt/status") is None
    assert found.find("opt/up/status") is None
    assert found.resolve("opt/up/var/lib/dpkg/status") == "var/lib/dpkg/status"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_reported(root: Path) -> None:
    (root / "var/lib/dpkg/status").chmod(0)
    (root / "opt").chmod(0)
    gaps = tree(root).image.not_assessed
    (root / "opt").chmod(0o755)
    assert len(gaps) == 2
    assert all("Permission denied" in gap.why for gap in gaps)


def test_pipes_and_bounds(root: Path) -> None:
    os.mkfifo(root / "etc/status")
    assert tree(root).tree.find("etc/status") is None
    (gap,) = tree(root, limits=Limits(evidence_bytes=10)).image.not_assessed[:1]
    assert "evidence_bytes" in gap.why
    with pytest.raises(LimitExceeded, match="layer_names_bytes"):
        tree(root, limits=Limits(layer_names_bytes=20))
