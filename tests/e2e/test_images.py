"""Real archives and a real database through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import SHARED, Seawall

ARCHIVES = sorted((SHARED / "packages/images").iterdir()) if SHARED else []


@pytest.mark.skipif(not ARCHIVES, reason="no ../shared/data beside this checkout")
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_every_archive_gives_an_honest_report(seawall: Seawall, tmp_path: Path, archive: Path) -> None:
    done = seawall("scan", archive, "-f", "json")
    report = json.loads(done.stdout)
    assert done.returncode in (0, 1)
    assert {path.name for path in tmp_path.iterdir()} <= {"none.db.ecosystems.json"}
    (image,) = report["coverage"]["images"]
    assert image["layers"] >= 1
    packages = [package["name"] for package in report["packages"]]
    if archive.name.startswith("alpine"):
        assert len(packages) == 14
        assert {"musl", "busybox", "libcrypto1.1"} <= set(packages)
        assert image["distro"] == "alpine " + ("3.10.4" if "310" in archive.name else "3.11.3")
    else:
        assert packages == []
        assert any(gap["what"] == "operating system" for gap in report["not_assessed"])


def test_from_bundles_to_findings(seawall: Seawall, shared: Path, tmp_path: Path) -> None:
    database = tmp_path / "advisories.db"
    done = seawall("update", "--from", shared / "osv", "--ecosystems", "Alpine", "--db", database)
    assert done.returncode == 0
    assert "Alpine" in done.stdout
    assert "5,986" in done.stdout
    status = seawall("update", "--status", "--db", database).stdout
    assert "of today" in status
    scan = ("scan", shared / "packages/images/alpine-310.tar.gz", "--db", database, "-f", "json")
    report = json.loads(seawall(*scan).stdout)
    by_rule = {finding["rule"]: finding for finding in report["findings"]}
    # https://security.alpinelinux.org/vuln/CVE-2020-1967: fixed in 1.1.1g-r0; the archive has 1.1.1d-r2
    openssl = by_rule["CVE-2020-1967"]
    assert openssl["package"]["name"] in ("libcrypto1.1", "libssl1.1")
    assert openssl["fix"] == {"state": "fixed", "version": "1.1.1g-r0"}
    assert report["coverage"]["images"][0]["matched"] == 14
    stale = json.loads(seawall(*scan, "--as-of", "2030-01-01").stdout)
    assert any("imported more than 5 days ago" in gap["why"] for gap in stale["not_assessed"])


def test_a_damaged_database_is_an_error_and_not_a_pass(seawall: Seawall, shared: Path, tmp_path: Path) -> None:
    database = tmp_path / "advisories.db"
    database.write_bytes(b"SQLite format 3\0" + bytes(100))
    done = seawall("scan", shared / "packages/images/alpine-310.tar.gz", "--db", database)
    assert done.returncode == 2
    assert "seawall update" in done.stderr
