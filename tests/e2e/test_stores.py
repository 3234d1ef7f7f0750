"""The folder of containerd and a socket where nobody answers, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Seawall


def test_nobody_at_the_socket(seawall: Seawall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    done = seawall("scan", "docker://nginx:1.27", "-f", "json")
    (reason, *_) = json.loads(done.stdout)["verdict"]["reasons"]
    assert done.returncode == 2
    assert "no Docker daemon answers" in reason


def test_a_damaged_node_is_an_error_and_no_clean_result(seawall: Seawall, tmp_path: Path) -> None:
    records = tmp_path / "io.containerd.metadata.v1.bolt/meta.db"
    records.parent.mkdir()
    records.write_bytes(b"\0" * 8192)
    done = seawall("scan", str(tmp_path), "-f", "json")
    (reason, *_) = json.loads(done.stdout)["verdict"]["reasons"]
    assert done.returncode == 2
    assert "is no bbolt database" in reason
