"""A scan that is killed at any moment leaves a cache that the next one may trust."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATUS = "\n\n".join(
    f"Package: p{number}\nStatus: install ok installed\nVersion: 1.{number}\nArchitecture: amd64"
    for number in range(9000)
)


def layout(root: Path) -> Path:
    """An image of three layers, each with a package database of 9,000 packages."""
    blobs = root / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(content: bytes, kind: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"digest": f"sha256:{digest}", "size": len(content), "mediaType": f"application/vnd.oci.image.{kind}"}

    layers = []
    for number in range(3):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as out:
            for path, text in (("etc/os-release", "ID=debian\nVERSION_ID=12\n"), ("var/lib/dpkg/status", STATUS)):
                content = text.replace("p1", f"q{number}").encode()
                info = tarfile.TarInfo(path)
                info.size = len(content)
                out.addfile(info, io.BytesIO(content))
        layers.append(blob(buffer.getvalue(), "layer.v1.tar"))
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [layer["digest"] for layer in layers]}}
    manifest = {"schemaVersion": 2, "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": layers}
    entry = blob(json.dumps(manifest).encode(), "manifest.v1+json")
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (root / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return root


def packages(document: bytes) -> tuple[object, object]:
    """All that a report says but when it was made."""
    report = json.loads(document)
    return report["components"], report["metadata"]["properties"]


def test_a_killed_scan_leaves_the_cache_sound(tmp_path: Path) -> None:
    image, cache = layout(tmp_path / "image"), tmp_path / "cache"
    scan = (sys.executable, "-m", "seawall", "scan", str(image), "--quiet", "--format", "cyclonedx")
    scan += ("--db", str(tmp_path / "none.db"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    started = time.monotonic()
    truth = subprocess.run((*scan, "--no-cache"), env=environment, stdout=subprocess.PIPE, check=True).stdout
    whole = time.monotonic() - started
    assert truth.count(b'"purl"') >= 9000
    killed = 0
    for part in range(1, 8):
        process = subprocess.Popen((*scan, "--cache", str(cache)), env=environment, stdout=subprocess.DEVNULL)
        time.sleep(whole * part / 8)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed
    for _ in range(2):
        again = subprocess.run((*scan, "--cache", str(cache)), env=environment, stdout=subprocess.PIPE, check=True)
        assert packages(again.stdout) == packages(truth)
