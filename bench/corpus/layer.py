"""Layers and images of the bench: a layer is built once, with the truth about its packages, and kept."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORK = Path(__file__).parents[1] / ".work"
LONGEST = 1800
"""Seconds that a package manager may take."""

Truth = dict[str, list[tuple[str, str]]]
"""Packages by the type in their purl: lists of name and version. A type that is not named was not counted."""

Build = Callable[[Path, Path], Truth]
"""Fills a root folder, with another folder to work in, and tells what the package manager says is now there."""


class Layer:
    """A layer on the disk, gzipped, with its digests and its truth."""

    def __init__(self, name: str, folder: Path) -> None:
        about = json.loads((folder / "about.json").read_text())
        self.name, self.blob = name, folder / "layer.tar.gz"
        self.digest, self.diff_id, self.size = about["digest"], about["diff_id"], about["size"]
        self.files: int = about["files"]
        self.truth: Truth = about["truth"]


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What a command prints. Raises CalledProcessError, OSError or TimeoutExpired where it does not do its work."""
    words = [str(word) for word in command]
    return subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=True,
    ).stdout


def layer(name: str, build: Build) -> Layer | None:
    """The layer, built unless it is there; None, and a word why, where its package manager cannot build it here."""
    folder = WORK / "layers-built" / name
    if not (folder / "about.json").is_file():
        print(f"bench: building {name}", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WORK) as scratch:
            root, work = Path(scratch, "root"), Path(scratch, "work")
            root.mkdir()
            work.mkdir()
            try:
                truth = build(root, work)
            except (subprocess.SubprocessError, OSError) as error:
                said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
                print(f"bench: no {name}: {' '.join(said[-3:])[:500]}", file=sys.stderr)
                return None
            about = pack(root, folder / "layer.tar.gz")
        (folder / "about.json").write_text(json.dumps({**about, "truth": truth}))
    return Layer(name, folder)


class _Hashed:
    """A file to write to, whose bytes are hashed."""

    def __init__(self, file: Any) -> None:
        self._file, self.hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += len(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def pack(root: Path, target: Path) -> dict[str, Any]:
    """The tree below `root` as a gzipped tar with the same bytes for the same tree; its digests and its size."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uname, entry.gname = 0, "", ""
        return entry

    paths = sorted(root.rglob("*"))
    target.unlink(missing_ok=True)  # an image may have a link to the one before
    with target.open("wb") as file:
        outer = _Hashed(file)
        with gzip.GzipFile(filename="", fileobj=outer, mode="wb", compresslevel=6, mtime=0) as packed:  # type: ignore[arg-type]
            inner = _Hashed(packed)
            with tarfile.open(fileobj=inner, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[arg-type]
                for path in paths:
                    tar.add(path, path.relative_to(root).as_posix(), recursive=False, filter=plain)
    digests = {"digest": f"sha256:{outer.hash.hexdigest()}", "diff_id": f"sha256:{inner.hash.hexdigest()}"}
    return {**digests, "size": outer.size, "files": len(paths)}


def image(name: str, layers: list[Layer]) -> Path:
    """The layers as an OCI layout; their blobs are hard links to the kept ones."""
    target = WORK / "images" / name
    shutil.rmtree(target, ignore_errors=True)
    blobs = target / "blobs/sha256"
    blobs.mkdir(parents=True)
    for each in layers:
        os.link(each.blob, blobs / each.digest.removeprefix("sha256:"))
    kind = "application/vnd.oci.image"

    def document(value: dict[str, Any], media_type: str) -> dict[str, Any]:
        content = json.dumps(value).encode()
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [each.diff_id for each in layers]},
        "history": [{"created_by": f"bench: {each.name}"} for each in layers],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": document(config, f"{kind}.config.v1+json"),
        "layers": [
            {"mediaType": f"{kind}.layer.v1.tar+gzip", "digest": each.digest, "size": each.size} for each in layers
        ],
    }
    entry = document(manifest, f"{kind}.manifest.v1+json")
    entry["platform"] = {"architecture": "amd64", "os": "linux"}
    entry["annotations"] = {"org.opencontainers.image.ref.name": f"bench/{name}:1"}
    index = {"schemaVersion": 2, "mediaType": f"{kind}.index.v1+json", "manifests": [entry]}
    (target / "index.json").write_text(json.dumps(index))
    (target / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}\n')
    return target
