"""What the command line promises, whatever the input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from seawall.cli import COMMANDS
from seawall.version import __version__

from .conftest import ROOT, Seawall

CLUSTERS = ROOT / "examples/contoso/clusters"
HEAVY = {"rich", "yaml", "urllib3", "ssl", "asyncio", "sqlite3", "importlib.metadata", "packageurl", "cvss", "zipfile"}


def test_version_and_help_import_nothing_heavy() -> None:
    for word in ("--version", "--help"):
        program = (
            f"import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
            f"from seawall.cli import main; sys.exit(main([{word!r}]))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        loaded = set(done.stderr.split())
        assert not loaded & HEAVY
        assert word == "--help" or "argparse" not in loaded


def test_version(seawall: Seawall) -> None:
    assert seawall("--version").stdout == f"seawall {__version__}\n"
    assert seawall("-V").stdout == f"seawall {__version__}\n"


def test_help_names_every_command_and_the_exit_codes(seawall: Seawall) -> None:
    text = seawall("--help").stdout
    assert all(f"\n    {name} " in text for name in COMMANDS)
    assert "exit codes: 0 nothing fails the gate, 1 the gate failed, 2 the work could not be done" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(seawall: Seawall, command: str) -> None:
    done = seawall(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 8


def test_nothing_asked_is_answered_with_help(seawall: Seawall) -> None:
    done = seawall()
    assert done.returncode == 2
    assert "commands:" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completions(seawall: Seawall, shell: str) -> None:
    script = seawall("completion", shell).stdout
    assert "fail-on-unknown" in script
    if shell == "bash":
        assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


def test_report_on_stdout_and_nothing_on_stderr(seawall: Seawall) -> None:
    done = seawall("audit", CLUSTERS)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("FAIL: ")
    assert done.stderr == ""


def test_colour_only_where_it_is_wanted(seawall: Seawall) -> None:
    assert "\x1b" not in seawall("audit", CLUSTERS).stdout
    assert "\x1b[" in seawall("audit", CLUSTERS, "--color", "always").stdout
    assert "\x1b" not in seawall("audit", CLUSTERS, "--color", "auto", NO_COLOR="1").stdout


def test_a_terminal_gets_colour_unless_it_says_no(tmp_path: Path) -> None:
    script = tmp_path / "typescript"

    def on_terminal(*env: str) -> str:
        words = f"{sys.executable} -m seawall audit {CLUSTERS}"
        command = ["env", "TERM=xterm", *env, f"PYTHONPATH={ROOT / 'src'}", "script", "-qec", words, str(script)]
        subprocess.run(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=60, check=False)
        return script.read_text()

    try:
        painted = on_terminal()
    except FileNotFoundError:
        pytest.skip("no `script` command on this machine to make a terminal with")
    assert "\x1b[31mHIGH" in painted
    assert "\x1b[31m" not in on_terminal("NO_COLOR=1")


def test_json_follows_its_published_schema(seawall: Seawall) -> None:
    schema = json.loads((ROOT / "src/seawall/reports/schema/report.schema.json").read_text())
    report = json.loads(seawall("check", ROOT / "examples/contoso", "--format", "json").stdout)
    jsonschema_rs.validator_for(schema).validate(report)
    assert report["verdict"]["exit_code"] == 1
    assert {finding["status"] for finding in report["findings"]} >= {"fail"}
    assert all(finding["location"]["line"] for finding in report["findings"] if finding["subject"]["kind"] == "pool")


def test_output_file_is_written_whole_or_not_at_all(seawall: Seawall, tmp_path: Path) -> None:
    done = seawall("audit", CLUSTERS, "-f", "sarif", "-o", "out.sarif")
    assert done.returncode == 1
    assert done.stdout == ""
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    done = seawall("audit", CLUSTERS, "-o", "missing/out.txt")
    assert done.returncode == 2
    assert done.stderr.startswith("seawall: error: missing/out.txt: cannot be written")
    assert [path.name for path in tmp_path.iterdir()] == ["out.sarif"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--limit", "json_bytes=ten"], "not a whole number: 'ten'"),
        (["--limit", "jsn=1"], "there is no limit named 'jsn'"),
        (["--limit", "json_bytes=10"], "json_bytes limit of 10"),
    ],
)
def test_limits(seawall: Seawall, words: list[str], said: str) -> None:
    done = seawall("audit", CLUSTERS / "prod.json", *words)
    assert done.returncode == 2
    assert said in done.stderr + done.stdout


def test_the_gate_options(seawall: Seawall, tmp_path: Path) -> None:
    staging = CLUSTERS / "staging.json"
    as_of = ("--as-of", "2026-11-23")
    assert seawall("audit", staging, *as_of).returncode == 0
    poolless = {key: value for key, value in json.loads(staging.read_text()).items() if key != "agentPoolProfiles"}
    (tmp_path / "poolless.json").write_text(json.dumps(poolless))
    assert seawall("audit", "poolless.json", *as_of).returncode == 0
    assert seawall("audit", "poolless.json", *as_of, "--fail-on-unknown").returncode == 1
    assert seawall("audit", CLUSTERS / "prod.json", *as_of, "--fail-on", "critical").returncode == 0
    assert seawall("audit", staging, "--as-of", "2030-01-01").returncode == 1


def test_explain(seawall: Seawall) -> None:
    listing = seawall("explain").stdout.splitlines()
    assert len(listing) > 30
    first = listing[0].split()[0]
    page = seawall("explain", first).stdout
    assert page.startswith("# ")
    assert seawall("explain", "network_policy_off").stdout == seawall("explain", "aks-net-003").stdout
    done = seawall("explain", "network_polcy_off")
    assert done.returncode == 2
    assert "did you mean AKS-NET-003" in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m seawall audit {CLUSTERS} --verbose | head -1"
    env = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_documents_of_checks_are_current(seawall: Seawall, tmp_path: Path) -> None:
    assert seawall("explain", "--write-docs", "pages").returncode == 0
    written = {path.name: path.read_text() for path in (tmp_path / "pages").iterdir()}
    kept = {path.name: path.read_text() for path in (ROOT / "docs/checks").iterdir()}
    assert kept == written, "run `make docs`"
