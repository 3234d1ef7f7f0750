"""A wheel holds all that is read at run time: every file of the source tree, and nothing that is not source."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = (
    "reports/html/page.css",
    "reports/html/page.js",
    "reports/schema/plan.schema.json",
    "reports/schema/report.schema.json",
    "sources/repositories/keys/debian.pgp",
)


@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed")
def test_a_wheel_holds_all_that_is_read(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = {name.removeprefix("seawall/") for name in zipfile.ZipFile(wheel).namelist() if name.startswith("seawall/")}
    source = ROOT / "src/seawall"
    files = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    wanted = {name for name in files if "__pycache__" not in name}
    assert wanted == held
    assert set(READ) <= held
