"""`seawall design` as its user runs it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seawall.workflows.design import ask, files

Seawall = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("words", [["--as", "bicep"], ["--as", "terraform", "--azurerm", "4"], ["--as", "terraform"]])
def test_what_it_writes_passes(words: list[str], seawall: Seawall, tmp_path: Path) -> None:
    done = seawall("design", *words, "--name", "shop", "-o", tmp_path / "infra")
    assert (done.returncode, done.stdout) == (0, "")
    assert "main." in done.stderr
    judged = seawall("audit", "infra", "--fail-on", "medium", "--as-of", "2026-11-23")
    assert judged.returncode == 0, judged.stdout
    assert "1 cluster" in judged.stdout
    again = seawall("design", *words, "-o", tmp_path / "infra")
    assert again.returncode == 2
    assert "there already" in again.stderr


def test_answers_come_from_a_file_and_flags_go_before_them(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("name: shop\nwindows: true\nauthorized_ranges: []\n")
    (tmp_path / "shop.json").write_text(json.dumps({"name": "shop", "windows": True}))
    yaml = seawall("design", "--as", "az", "--answers", "shop.yaml")
    assert (yaml.returncode, yaml.stderr) == (0, "")
    assert "az aks create" in yaml.stdout
    assert "--network-policy calico" in yaml.stdout
    assert yaml.stdout == seawall("design", "--as", "az", "--answers", "shop.json").stdout
    linux = seawall("design", "--as", "az", "--answers", "shop.yaml", "--windows", "no")
    assert "--network-policy cilium" in linux.stdout


def test_it_never_asks_where_nobody_can_answer(seawall: Seawall) -> None:
    done = seawall("design")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("// AKS cluster aks (prod)")


def test_on_a_terminal_it_asks_what_matters() -> None:
    typed = {"name of the cluster": "shop", "egress": "", "way out": "firewall", "private address": "10.1.0.4"}
    prompts: list[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return next((word for start, word in typed.items() if prompt.startswith(start)), "")

    told = ask(answer)
    assert (told["name"], told["firewall_ip"], told["environment"]) == ("shop", "10.1.0.4", "prod")
    assert "authorized_ranges" not in told, "a private API server has none"
    assert "environment: it decides the size, never the security (dev/staging/prod) [prod]: " in prompts
    assert "nextHopIpAddress: '10.1.0.4'" in files(told, "bicep", 5)["main.bicep"]


def test_a_person_at_a_terminal_is_asked_and_answered(tmp_path: Path) -> None:
    """On a pseudo-terminal: the questions go to stderr, the design to stdout, and nothing typed means the default."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "seawall", "design", "--as", "az"],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")},
    )
    os.close(follower)
    os.write(leader, b"shop\ndev\n" + b"\n" * 30)
    said, asked = (text.decode() for text in process.communicate(timeout=60))
    os.close(leader)
    assert process.returncode == 0, asked
    assert asked.startswith("name of the cluster [aks]: environment: it decides the size")
    assert "firewall" in asked
    assert "private address of the firewall" not in asked, "there is none unless egress goes through it"
    assert "# AKS cluster shop (dev)" in said


def test_a_person_who_answers_what_cannot_be_is_told_why_and_what_can(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "seawall", "design"],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")},
    )
    os.close(follower)
    os.write(leader, b"shop\ntest\n" + b"\n" * 30)
    said, asked = (text.decode() for text in process.communicate(timeout=60))
    os.close(leader)
    assert (process.returncode, said) == (2, "")
    assert "'test' is none of dev, staging, prod" in asked


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["--egress", "none", "--windows", "yes"], "AKS refuses Windows pools", "choose egress firewall"),
        (["--answers", "none.yaml"], "none.yaml", ""),
        (["--answers", "list.yaml"], "expected one mapping", ""),
    ],
)
def test_it_refuses_with_the_reason(
    words: list[str], message: str, hint: str, seawall: Seawall, tmp_path: Path
) -> None:
    (tmp_path / "list.yaml").write_text("- name\n")
    done = seawall("design", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert hint in done.stderr


def test_a_place_that_cannot_be_written_is_told(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for words in (["design", "-o", "file"], ["design", "-o", "file/below"], ["explain", "--write-docs", "file/below"]):
        done = seawall(*words)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr.startswith("seawall: error: file"), done.stderr
