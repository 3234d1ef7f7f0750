"""Names chosen by strangers: no byte of a file's name breaks a report or reaches the terminal as an order."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .conftest import Seawall
from .test_check import layout

EVIL = "evil\x1b]0;owned\x07\udcff/x-1.0.dist-info/METADATA"


def test_names_in_an_image(seawall: Seawall, tmp_path: Path) -> None:
    image = layout(tmp_path / "image", {EVIL: b"Name: Django\nVersion: 2.2\n", "etc/os-release": b"ID=\x1b[2J\n"})
    report = json.loads(seawall("scan", image, "-f", "json").stdout)
    (package,) = report["packages"]
    assert package["path"] == "evil\x1b]0;owned\x07\\xff/x-1.0.dist-info/METADATA"
    for form in ("table", "sarif", "html"):
        assert "\x1b" not in seawall("scan", image, "-f", form, "--verbose").stdout


def test_names_in_a_folder(seawall: Seawall, tmp_path: Path) -> None:
    folder = tmp_path / "estate"
    folder.mkdir()
    name = os.fsencode(folder) + b"/\xff\x1b[2J.json"
    Path(os.fsdecode(name)).write_bytes(b"{")
    for form in ("table", "json", "sarif", "html"):
        done = seawall("check", folder, "-f", form)
        assert done.returncode == 2
        assert "\x1b" not in done.stdout
