"""The command line as its user runs it: a process, a folder and an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared_data import SHARED

ROOT = Path(__file__).resolve().parents[2]

Seawall = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def seawall(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Seawall:
    """Run `seawall WORDS…`; no database, no colour, a terminal of 100 columns, unless `env` says otherwise."""
    base = {key: value for key, value in os.environ.items() if not key.startswith(("SEAWALL", "NO_COLOR"))}
    base |= {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100", "SEAWALL_DB": str(tmp_path / "none.db")}
    base["SEAWALL_CACHE"] = str(tmp_path_factory.mktemp("cache"))

    def run(
        *words: object, cwd: Path = tmp_path, by: Sequence[str] = (), **env: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*by, sys.executable, "-m", "seawall", *map(str, words)],
            cwd=cwd,
            env=base | env,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def shared() -> Path:
    """The folder of real inputs beside the checkout."""
    if SHARED is None:
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED
