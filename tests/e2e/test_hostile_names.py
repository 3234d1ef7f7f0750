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


def test_names_in_and_of_a_dockerfile(seawall: Seawall, tmp_path: Path) -> None:
    folder = tmp_path / "<img src=x>\x1b[2J"
    folder.mkdir()
    text = """\
FROM evil.example/<script>:\x1b[2J AS <b>
# seawall: ignore=IMG-DF-032 <script>alert(1)</script> says \x1b[2Jme
CMD <img src=x onerror=alert(1)>
"""
    (folder / "Dockerfile").write_text(text)
    for form in ("table", "json", "sarif", "html"):
        page = seawall("check", tmp_path, "-f", form).stdout
        assert "IMG-DF-" in page
        assert "\x1b" not in page
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; says" in page
    assert "&lt;img src=x&gt;" in page
