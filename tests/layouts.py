"""Images made of folders, and unpacked again as a container runtime does it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path

from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import open_images

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def layer_of(root: Path) -> bytes:
    """A folder as a layer, owned by root."""

    def by_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 0
        return info

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(root, ".", filter=by_root)
    return buffer.getvalue()


def image_of(folder: Path, *layers: bytes) -> ImageSource:
    """An OCI layout of these layers."""
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(content: bytes, kind: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}

    config = {
        "architecture": "amd64", "os": "linux", "created": "2025-01-01T00:00:00Z", "config": {"Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(one).hexdigest()}" for one in layers]},
        "history": [{"created_by": f"step {at}"} for at in range(len(layers))],
    }  # fmt: skip
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": blob(json.dumps(config).encode(), _CONFIG),
        "layers": [blob(gzip.compress(one, 1), _LAYER) for one in layers],
    }
    entry = blob(json.dumps(manifest).encode(), _MANIFEST)
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return open_images(folder)[0]


def unpack(layout: Path, root: Path) -> None:
    """The layers of a layout, one over another, whiteouts followed."""
    root.mkdir()
    blobs = layout / "blobs"
    (entry,) = json.loads((layout / "index.json").read_bytes())["manifests"]
    manifest = json.loads((blobs / entry["digest"].replace(":", "/")).read_bytes())
    for layer in manifest["layers"]:
        with tarfile.open(blobs / layer["digest"].replace(":", "/")) as archive:
            for member in archive:
                name = Path(member.name)
                place = root / name
                if name.name.startswith(".wh."):
                    gone = place.with_name(name.name[4:])
                    shutil.rmtree(gone) if gone.is_dir() and not gone.is_symlink() else gone.unlink()
                elif not (member.isdir() and place.is_dir()):
                    place.unlink(missing_ok=True)
                    archive.extract(member, root, filter="tar")
