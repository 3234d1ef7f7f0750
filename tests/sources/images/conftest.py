"""Layers and images made on the spot, in every packing and with every kind of entry."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from backports import zstd

from seawall.safe.compression import open_stream
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.images.layer import LayerFacts, analyse
from shared_data import SHARED

Entry = tuple[str, ...]


_TYPES = {
    "file": tarfile.REGTYPE,
    "dir": tarfile.DIRTYPE,
    "symlink": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "other": tarfile.FIFOTYPE,
}


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def layer(*entries: Entry) -> bytes:
    """`("file", path, content)`, `("symlink" | "hardlink", path, target)`, `("dir" | "whiteout" | "opaque", path)`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for kind, path, *rest in entries:
            folder, _, name = path.rpartition("/")
            if kind == "whiteout":
                kind, path = "file", f"{folder}/.wh.{name}"
            elif kind == "opaque":
                kind, path = "file", f"{path}/.wh..wh..opq"
            info = tarfile.TarInfo(path)
            info.type = _TYPES[kind]
            content = rest[0].encode() if rest and kind == "file" else b""
            info.size, info.linkname = len(content), rest[0] if rest and kind != "file" else ""
            out.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def facts(
    data: bytes, *, wants: Callable[[str], bool] = lambda path: True, limits: Limits = DEFAULT
) -> LayerFacts[str]:
    stream = open_stream(io.BytesIO(data), where="layer")
    return analyse(stream, wants=wants, visit=lambda path, content: content.decode(), limits=limits, where="layer")


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "many gzip members": lambda data: b"".join(gzip.compress(data[at : at + 700]) for at in range(0, len(data), 700)),
    "zstd": zstd.compress,
    "many zstd frames": lambda data: b"".join(
        zstd.compress(data[at : at + 700]) + b"\x50\x2a\x4d\x18\x04\0\0\0skip" for at in range(0, len(data), 700)
    ),
}


def config(layers: Sequence[bytes], platform: str = "linux/amd64", **run: object) -> bytes:
    system, architecture, *variant = platform.split("/")
    steps: list[dict[str, object]] = [{"created_by": f"step {index}"} for index in range(len(layers))]
    steps.insert(1, {"created_by": "ENV", "empty_layer": True})
    document = {
        "os": system,
        "architecture": architecture,
        "variant": "".join(variant),
        "created": "2026-01-02T03:04:05Z",
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [digest(data) for data in layers]},
        "history": steps,
    }
    return json.dumps(document).encode()


class Layout:
    """An OCI layout in the making: blobs by digest, and an index."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
        self.manifests: list[dict[str, object]] = []

    def blob(self, data: bytes, kind: str) -> dict[str, object]:
        self.files[f"blobs/{digest(data).replace(':', '/')}"] = data
        return {"mediaType": kind, "digest": digest(data), "size": len(data)}

    def image(
        self, layers: Sequence[bytes], packing: str = "gzip", platform: str = "linux/amd64", **run: object
    ) -> dict[str, object]:
        kind = "application/vnd.oci.image.layer.v1.tar"
        system, architecture, *variant = platform.split("/")
        manifest = {
            "schemaVersion": 2,
            "config": self.blob(config(layers, platform, **run), "application/vnd.oci.image.config.v1+json"),
            "layers": [self.blob(PACKERS[packing](data), kind) for data in layers],
        }
        place = {"os": system, "architecture": architecture} | ({"variant": variant[0]} if variant else {})
        return self.blob(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json") | {
            "platform": place
        }

    def index(self, *entries: dict[str, object]) -> dict[str, object]:
        document = {"schemaVersion": 2, "manifests": entries}
        return self.blob(json.dumps(document).encode(), "application/vnd.oci.image.index.v1+json")

    def add(self, entry: dict[str, object], name: str = "") -> Layout:
        annotations = {"org.opencontainers.image.ref.name": name} if name else {}
        self.manifests.append(entry | {"annotations": annotations})
        return self

    def write(self, folder: Path) -> Path:
        self.files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": self.manifests}).encode()
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder

    def pack(self, path: Path, packing: str = "plain") -> Path:
        self.files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": self.manifests}).encode()
        return pack(path, self.files, packing)


def pack(path: Path, files: dict[str, bytes], packing: str = "plain") -> Path:
    """An archive of files, sorted as `docker save` and skopeo write them: what they are for comes last."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for name in sorted(files):
            info = tarfile.TarInfo(name)
            info.size = len(files[name])
            out.addfile(info, io.BytesIO(files[name]))
    path.write_bytes(PACKERS[packing](buffer.getvalue()))
    return path


def docker_archive(path: Path, layers: Sequence[bytes], packing: str = "plain", tag: str = "app:1") -> Path:
    files = {f"{index:064x}/layer.tar": data for index, data in enumerate(layers)}
    entry = {"Config": "c.json", "RepoTags": [tag], "Layers": list(files)}
    return pack(path, {**files, "c.json": config(layers), "manifest.json": json.dumps([entry]).encode()}, packing)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """The makers of this file, which tests cannot import."""
    makers = (layer, facts, config, digest, pack, docker_archive, Layout)
    return SimpleNamespace(**{maker.__name__: maker for maker in makers}, packings=tuple(PACKERS))


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("images")


@pytest.fixture(scope="session")
def images() -> Path:
    if SHARED is None:
        pytest.skip("the shared data is not there")
    return SHARED / "packages/images"
