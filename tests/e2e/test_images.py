"""Real archives and a real database through the command line."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
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
    assert list(tmp_path.iterdir()) == []
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


def test_an_image_of_azure_linux(seawall: Seawall, shared: Path, tmp_path: Path) -> None:
    """rpm's database behind a linked folder is read once; what it owns and its vendor are its distro's."""
    database = (shared / "packages/rpm/cbl-mariner-2.0-rpmdb.sqlite").read_bytes()
    release = b'ID=mariner\nVERSION_ID="2.0"\nNAME="Common Base Linux Mariner"\n'
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as out:
        link = tarfile.TarInfo("var/lib/rpm")
        link.type, link.linkname = tarfile.SYMTYPE, "../../usr/lib/sysimage/rpm"
        out.addfile(link)
        for path, content in {"etc/os-release": release, "usr/lib/sysimage/rpm/rpmdb.sqlite": database}.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    diff_id = f"sha256:{hashlib.sha256(layer.getvalue()).hexdigest()}"
    config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [diff_id]}}
    manifest = [{"Config": "config.json", "RepoTags": ["mariner:2.0"], "Layers": ["layer.tar"]}]
    archive = tmp_path / "mariner.tar"
    with tarfile.open(archive, "w") as out:
        parts = {"manifest.json": json.dumps(manifest).encode(), "config.json": json.dumps(config).encode()}
        for path, content in {**parts, "layer.tar": layer.getvalue()}.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    report = json.loads(seawall("scan", archive, "-f", "json").stdout)
    purls = [package["purl"] for package in report["packages"]]
    assert len(purls) == len(set(purls)) == 129
    assert "pkg:rpm/mariner/glibc@2.34-2.cm2?arch=x86_64&distro=mariner-2.0" in purls
    assert report["coverage"]["images"][0]["distro"] == "mariner 2.0"


def test_a_damaged_database_is_an_error_and_not_a_pass(seawall: Seawall, shared: Path, tmp_path: Path) -> None:
    database = tmp_path / "advisories.db"
    database.write_bytes(b"SQLite format 3\0" + bytes(100))
    done = seawall("scan", shared / "packages/images/alpine-310.tar.gz", "--db", database)
    assert done.returncode == 2
    assert "seawall update" in done.stderr
