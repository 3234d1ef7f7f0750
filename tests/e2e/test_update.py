"""`seawall update` for real: a server with Range, ETag, 304, 429 and 503, and the way to a site without one."""

from __future__ import annotations

import base64
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mirror import Mirror
from seawall.advisories.builder import Builder

TODAY = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z")


def record(name: str, package: str, source: str = "PyPI") -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]
    affected = [{"package": {"ecosystem": source, "name": package}, "ranges": ranges}]
    return {"id": name, "modified": TODAY, "affected": affected}


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    root = tmp_path / "mirror"
    for source in ("PyPI", "npm"):
        (root / source).mkdir(parents=True)
        with zipfile.ZipFile(root / source / "all.zip", "w") as bundle:
            for number in range(50):
                bundle.writestr(f"X-{number}.json", json.dumps(record(f"X-{number}", f"p{number}", source)))
    (root / "Debian").mkdir()
    open_flaw = {"curl": {"CVE-2024-1": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}}
    (root / "Debian/tracker.json").write_text(json.dumps(open_flaw))
    with zipfile.ZipFile(root / "Debian/all.zip", "w") as bundle:
        bundle.writestr("D.json", json.dumps(record("DSA-1-1", "curl", "Debian:12")))
    (root / "kev.json").write_text('{"vulnerabilities": [{"cveID": "CVE-2021-44228"}], "dateReleased": "2026-01-02"}')
    (root / "epss.csv.gz").write_bytes(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n")
    with Mirror(root) as server, server.running():
        yield server


def test_a_mirror_that_is_busy_and_cuts_the_connection(seawall: Any, mirror: Mirror) -> None:
    mirror.troubled = {"PyPI/all.zip": [503, 429, "cut"], "kev.json": [503]}
    done = seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI", "Debian")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [status for path, status in mirror.seen if path == "PyPI/all.zip"] == [503, 429, 200, 206]
    status = seawall("update", "--status").stdout
    assert {"PyPI", "Debian", "KEV", "EPSS"} <= {line.split()[0] for line in status.splitlines() if line}
    assert "Debian tracker covers no release" in status
    assert "too few records to judge by, or cut off: Debian:12 (1)" in status
    mirror.seen.clear()
    again = seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI", "Debian")
    assert again.stdout.count("unchanged") == 5
    assert {status for _, status in mirror.seen} == {304, 404}


def test_a_mirror_that_stays_busy_fails_and_loses_nothing(seawall: Any, mirror: Mirror) -> None:
    assert seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI").returncode == 0
    (mirror.root / "PyPI/all.zip").touch()
    mirror.troubled = {"PyPI/all.zip": [503] * 9}
    done = seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI")
    assert done.returncode == 2
    assert "FAILED: advisories of PyPI" in done.stdout
    assert "503" in done.stdout
    assert "PyPI" in seawall("update", "--status").stdout


def test_two_updates_at_once(seawall: Any, mirror: Mirror, tmp_path: Path) -> None:
    arguments = ("update", "--mirror", mirror.url, "--ecosystems", "PyPI")
    with Builder(tmp_path / "none.db"):
        second = seawall(*arguments)
    assert (second.returncode, second.stdout) == (2, "")
    assert "another update is writing this database" in second.stderr
    assert seawall(*arguments).returncode == 0


def test_a_database_of_another_version_is_replaced_and_what_it_held_is_said(
    seawall: Any, mirror: Mirror, tmp_path: Path
) -> None:
    seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI", "npm")
    with closing(sqlite3.connect(tmp_path / "none.db")) as connection:
        connection.execute("PRAGMA user_version=1")
    done = seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI")
    assert done.returncode == 0, done.stdout
    assert "built anew, for this advisory database is of version 1, not" in done.stdout
    assert "not in the new one: npm\n" in done.stdout


def test_only_what_the_scanned_images_need(seawall: Any, mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "none.db.ecosystems.json").write_text('{"ecosystems": ["npm"]}')
    assert seawall("update", "--mirror", mirror.url).returncode == 0
    assert {path.partition("/")[0] for path, _ in mirror.seen} == {"npm", "kev.json", "epss.csv.gz"}


def test_through_a_proxy(seawall: Any, mirror: Mirror) -> None:
    """The proxy is one that answers nothing sensible: what matters is that it is asked."""
    done = seawall("update", "--mirror", "http://osv.example", "--ecosystems", "npm", http_proxy=mirror.url)
    assert done.returncode == 2
    assert any("osv.example" in path for path, _ in mirror.seen)


def test_to_a_site_without_a_network(seawall: Any, mirror: Mirror, tmp_path: Path) -> None:
    file, there = tmp_path / "advisories.bundle", tmp_path / "there.db"
    seawall("update", "--mirror", mirror.url, "--ecosystems", "PyPI")
    exported = seawall("update", "--export", file)
    digest = next(line.split()[1] for line in exported.stdout.splitlines() if line.startswith("sha256"))
    wrong = seawall("update", "--import", file, "--sha256", "0" * 64, "--db", there)
    assert (wrong.returncode, there.exists()) == (2, False)
    assert "SHA-256" in wrong.stderr
    imported = seawall("update", "--import", file, "--sha256", digest, "--db", there)
    assert imported.returncode == 0, imported.stderr
    assert "PyPI" in imported.stdout
    assert "--sha256" not in imported.stdout
    unpinned = seawall("update", "--import", file, "--db", there)
    assert "neither a SHA-256 (--sha256) nor a signature (--key)" in unpinned.stdout
    assert there.read_bytes() == (tmp_path / "none.db").read_bytes()
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "cosign.pub").write_bytes(pem)
    signature = private.sign(file.read_bytes(), ec.ECDSA(hashes.SHA256()))
    Path(f"{file}.sig").write_bytes(base64.b64encode(signature))
    signed = seawall("update", "--import", file, "--key", tmp_path / "cosign.pub", "--db", there)
    assert "signature holds: advisories.bundle.sig" in signed.stdout
    file.write_bytes(file.read_bytes() + b"\0")
    changed = seawall("update", "--import", file, "--key", tmp_path / "cosign.pub", "--db", there)
    assert (changed.returncode, "not the one that was signed" in changed.stderr) == (2, True)
    assert seawall("update", "--export", file, "--db", tmp_path / "absent.db").returncode == 2
