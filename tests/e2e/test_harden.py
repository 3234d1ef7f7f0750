"""`seawall harden` of an image, as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remedies.images import debian
from remedies.images.test_harden import small

from .conftest import Seawall

PIP = "#!/bin/sh\nfrom pip._internal import x\n"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    layers = [small(app=b"x" * 9000), small(usr__bin__pip=PIP)]
    return debian.layout(tmp_path / "in", layers, Entrypoint=["/app"])


def test_nothing_is_written_unless_it_is_asked_for(seawall: Seawall, image: Path, tmp_path: Path) -> None:
    for words in ((), ("-n", "-o", "out")):
        done = seawall("harden", "in", "--aggressive", *words)
        assert (done.returncode, done.stderr) == (0, "")
        assert "pip: /usr/bin/pip (38 bytes): nothing that runs needs it" in done.stdout
        assert "Nothing was written" in done.stdout
        assert [each.name for each in tmp_path.iterdir()] == ["in"]


def test_before_and_after(seawall: Seawall, image: Path, tmp_path: Path) -> None:
    done = seawall("harden", "in", "--aggressive", "-o", "out.tar", "-f", "json")
    told = json.loads(done.stdout)
    assert (told["out"], told["before"]["score"], told["after"]["score"]) == ("out.tar", 30, 15)
    refused = seawall("harden", "in", "--aggressive", "-o", "out.tar")
    assert refused.returncode == 2
    assert "is there already" in refused.stderr
    assert "--force" in refused.stderr
    shown = seawall("harden", "in", "--aggressive", "-o", "out.tar", "--force").stdout
    assert "before         after" in shown
    again = seawall("harden", "out.tar", "--aggressive").stdout
    assert "nothing can be taken out" in again
    scanned = seawall("scan", "out.tar").stdout
    assert "Runs of " in scanned


@pytest.mark.parametrize("words", [("Dockerfile", "--minimal"), ("none.tar",), ("in", "--remove", "nmap"), ("root",)])
def test_what_cannot_be_done_is_one_error(
    seawall: Seawall, image: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    for name in ("usr", "etc"):
        (tmp_path / "root" / name).mkdir(parents=True)
    (tmp_path / "root/etc/os-release").write_text("ID=debian\n")
    done = seawall("harden", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("seawall: error: ")
