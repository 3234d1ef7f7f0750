"""Real archives and a real database through the command line."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from .conftest import ROOT, SHARED, Seawall

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


def test_packages_alone_are_the_same_and_what_was_left_out_is_told(seawall: Seawall, shared: Path) -> None:
    image = shared / "packages/images/alpine-310.tar.gz"
    whole = json.loads(seawall("scan", image, "-f", "json").stdout)
    alone = json.loads(seawall("scan", image, "-f", "json", "--packages-only").stdout)
    assert alone["packages"] == whole["packages"]
    assert [each["rule"] for each in whole["findings"] if each["rule"].startswith("IMG-")]
    assert not [each for each in alone["findings"] if each["rule"].startswith("IMG-")]
    assert alone["coverage"]["images"][0]["exploitability"] is None
    (told,) = (each for each in alone["not_assessed"] if each["what"] == "tools, rights and secrets in an image")
    assert told["why"] == "only packages were asked for"


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


def layout(folder: Path, layers: int = 3, packages: int = 200) -> Path:
    """An OCI layout of Python packages, `packages` in each layer."""
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(data: bytes) -> dict[str, object]:
        name = hashlib.sha256(data).hexdigest()
        (blobs / name).write_bytes(data)
        return {"digest": f"sha256:{name}", "size": len(data)}

    diff_ids, entries = [], []
    for number in range(layers):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as out:
            for index in range(packages):
                name = f"app{number}-{index}"
                text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.{index}\n".encode()
                info = tarfile.TarInfo(f"usr/lib/python3/site-packages/{name}-1.{index}.dist-info/METADATA")
                info.size = len(text)
                out.addfile(info, io.BytesIO(text))
        diff_ids.append(f"sha256:{hashlib.sha256(buffer.getvalue()).hexdigest()}")
        entries.append(blob(gzip.compress(buffer.getvalue(), mtime=0)))
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    manifest = {"schemaVersion": 2, "config": blob(json.dumps(config).encode()), "layers": entries}
    index = {"schemaVersion": 2, "manifests": [blob(json.dumps(manifest).encode())]}
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return folder


def test_scans_that_are_killed_leave_the_cache_sound(seawall: Seawall, tmp_path: Path) -> None:
    image, cache = layout(tmp_path / "image"), tmp_path / "cache"
    right = seawall("scan", image, "-f", "json", "--no-cache").stdout
    assert len(json.loads(right)["packages"]) == 600
    command = (sys.executable, "-m", "seawall", "scan", str(image), "-f", "json", "--cache", str(cache))
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "SEAWALL_DB": str(tmp_path / "none.db")}
    for delay in (0.10, 0.15, 0.20, 0.25, 0.30):
        with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as running:
            time.sleep(delay)
            running.kill()
        assert seawall("scan", image, "-f", "json", "--cache", cache).stdout == right
        for path in sorted(cache.glob("*.layer"))[::2]:
            path.unlink()
    for path in cache.glob("*.layer"):
        path.write_bytes(path.read_bytes()[:-1])
    assert seawall("scan", image, "-f", "json", "--cache", cache).stdout == right
    for path in (image / "blobs/sha256").iterdir():
        if path.stat().st_size > 2_000:
            path.write_bytes(b"no layer is read any more")
    assert seawall("scan", image, "-f", "json", "--cache", cache).stdout == right


def test_what_is_outdated_is_told_and_what_cannot_be_asked_too(seawall: Seawall, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
    module = root / "app/node_modules/left"
    module.mkdir(parents=True)
    (module / "package.json").write_text('{"name": "left", "version": "1.0.0"}')
    scan = ("scan", "--rootfs", root, "--outdated", "--no-cache", "-f", "json")
    offline = json.loads(seawall(*scan, "--offline").stdout)
    assert offline["outdated"] == []
    assert any("offline" in gap["why"] for gap in offline["not_assessed"])
    document = json.dumps({"versions": {"1.0.0": {"deprecated": "old"}, "1.2.0": {}, "2.0.0": {}, "3.0.0-rc.1": {}}})
    served = tmp_path / "npm"
    served.mkdir()
    (served / "left").write_text(document)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mirror = f"npm=http://127.0.0.1:{server.server_address[1]}"
        report = json.loads(seawall(*scan, "--mirror", mirror).stdout)
        table = seawall(*scan[:-1], "table", "--mirror", mirror).stdout
        server.shutdown()
    (found,) = report["outdated"]
    assert (found["package"], found["newest_in_line"], found["newest"]) == ("left", "1.2.0", "2.0.0")
    assert found["withdrawn"] == "old"
    assert any(gap["what"] == "newer base image" for gap in report["not_assessed"])
    assert "Outdated (1)" in table
    assert report["verdict"]["passed"]
    assert seawall("scan", "--rootfs", root, "--outdated", "--mirror", "nope=http://x").returncode == 2
