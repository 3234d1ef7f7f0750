"""Images of real Debian packages, with the database that dpkg would keep of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

PASSWD = "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n"


def fetch(folder: Path, *wanted: str) -> list[Path]:
    """The .deb files of packages and all that they depend on; skips where there are none."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        pytest.skip("needs Debian's apt-get, and root for chroot")
    command = ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
               "--no-breaks", "--no-replaces", "--no-enhances", *wanted]  # fmt: skip
    listed = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    names = sorted({line for line in listed.splitlines() if line and line[0].isalnum()})
    shown = subprocess.run(["apt-cache", "show", "--no-all-versions", *names], capture_output=True, text=True).stdout
    real = [line.partition(": ")[2] for line in shown.splitlines() if line.startswith("Package: ")]
    folder.mkdir(exist_ok=True)
    got = subprocess.run(
        ["apt-get", "-o", "APT::Sandbox::User=root", "download", *real], cwd=folder, capture_output=True, timeout=110
    )
    debs = sorted(folder.glob("*.deb"))
    if got.returncode or not debs:
        pytest.skip(f"the packages cannot be had: {got.stderr.decode()[-200:]}")
    return debs


def unpack(debs: list[Path], root: Path) -> None:
    """As dpkg leaves them, but without what maintainer scripts do."""
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    stanzas = []
    for deb in debs:
        subprocess.run(["dpkg-deb", "-x", deb, root], check=True, timeout=60)
        fields = subprocess.run(["dpkg-deb", "-f", deb], check=True, capture_output=True, text=True).stdout
        name = next(line[9:] for line in fields.splitlines() if line.startswith("Package: "))
        subprocess.run(["dpkg-deb", "-e", deb, root / "control"], check=True, timeout=60)
        if (root / "control/md5sums").exists():
            shutil.copy(root / "control/md5sums", info / f"{name}.md5sums")
        shutil.rmtree(root / "control")
        stanzas.append(fields.replace("\n", "\nStatus: install ok installed\n", 1))
        listing = subprocess.run(["dpkg-deb", "-c", deb], check=True, capture_output=True, text=True).stdout
        paths = [line.split(None, 5)[5].partition(" -> ")[0] for line in listing.splitlines()]
        (info / f"{name}.list").write_text("".join(f"/{path[2:].rstrip('/')}\n" for path in paths))
    (root / "var/lib/dpkg/status").write_text("\n".join(stanzas))
    for folder in ("run", "tmp", "dev", "proc", "var/log", "root"):
        (root / folder).mkdir(exist_ok=True)
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text("root:x:0:\nwww-data:x:33:\n")


def layer_of(root: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for path in sorted(root.rglob("*")):
            out.add(path, str(path.relative_to(root)), recursive=False)
    return buffer.getvalue()


def layout(folder: Path, layers: list[bytes], **run: Any) -> Path:
    """An OCI layout of plain layers, packed."""
    (folder / "blobs/sha256").mkdir(parents=True)

    def blob(data: bytes, kind: str) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        (folder / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

    config = {
        "os": "linux", "architecture": "amd64", "created": "2026-11-01T00:00:00Z", "config": run,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]},
        "history": [{"created_by": f"step {at}"} for at in range(len(layers))],
    }  # fmt: skip
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob(json.dumps(config).encode(), "config.v1+json"),
        "layers": [blob(gzip.compress(each, 1, mtime=0), "layer.v1.tar+gzip") for each in layers],
    }
    entry = blob(json.dumps(manifest).encode(), "manifest.v1+json")
    entry["annotations"] = {"org.opencontainers.image.ref.name": "shop:1"}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return folder


def install(image: Path, root: Path) -> None:
    """The layers of a layout on top of each other, as a runtime lays them (no whiteouts in these)."""
    index = json.loads((image / "index.json").read_text())
    manifest = json.loads((image / "blobs" / index["manifests"][0]["digest"].replace(":", "/")).read_text())
    root.mkdir()
    for each in manifest["layers"]:
        blob = image / "blobs" / each["digest"].replace(":", "/")
        subprocess.run(["tar", "-xf", blob, "-C", root, "--overwrite"], check=True, timeout=60)


def run(root: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    return subprocess.run(["chroot", root, *command], capture_output=True, timeout=60, env=path)
