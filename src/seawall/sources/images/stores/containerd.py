"""The folder of containerd (`/var/lib/containerd`), which is where the nodes of AKS keep their images.

Its records tell names and digests; the content folder is an OCI layout but for the index. A node may be told to throw
the archives of layers away once they are unpacked (`discard_unpacked_layers`): then the layer is read where overlayfs
has it. Buckets: https://github.com/containerd/containerd/blob/main/core/metadata/buckets.go. A file that is read while
containerd writes to it is refused where it makes no sense; to read again is then enough.
"""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from seawall.safe import bolt
from seawall.safe.limits import Limits
from seawall.sources.images.files import Folder, OpenFile
from seawall.sources.images.image import ImageSource
from seawall.sources.images.oci_layout import INDEX, read_layout
from seawall.sources.images.stores.store import one_of

RECORDS = "io.containerd.metadata.v1.bolt/meta.db"
_CONTENT = "io.containerd.content.v1.content"
_SNAPSHOTS = "io.containerd.snapshotter.v1."


class Containerd:
    """The images of every namespace (`k8s.io` on a node, `moby` is Docker's); see `Store`."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root, self._limits = root, limits

    def names(self) -> tuple[str, ...]:
        known: dict[str, str] = {}
        for name, target in sorted(self._images.items(), key=lambda pair: (_rank(pair[0]), pair[0])):
            known.setdefault(target["digest"], name)
        return tuple(sorted(known.values()))

    def open(self, name: str, platform: str | None) -> tuple[ImageSource, ...]:
        name = one_of(self._images, name, str(self._root))
        entry: dict[str, object] = {**self._images[name], "annotations": {"io.containerd.image.name": name}}
        content = _Content(self._root, msgspec.json.encode({"schemaVersion": 2, "manifests": [entry]}))
        return read_layout(content, platform=platform, limits=self._limits, unpacked=self._unpacked)

    @functools.cached_property
    def _records(self) -> dict[bytes, bytes | bolt.Bucket]:
        return bolt.read(self._root / RECORDS, limits=self._limits).bucket(b"v1")

    @functools.cached_property
    def _images(self) -> dict[str, dict[str, str]]:
        """What each name stands for, as an entry of an OCI index. Of one name in two namespaces, the later is
        `NAME (NAMESPACE)`."""
        found: dict[str, dict[str, str]] = {}
        for space, records in self._namespaces():
            for key, image in records.bucket(b"images").items():
                target = image.bucket(b"target") if isinstance(image, bolt.Bucket) else {}
                entry = {"digest": _text(target.get(b"digest")), "mediaType": _text(target.get(b"mediatype"))}
                name = _text(key)
                if found.setdefault(name, entry)["digest"] != entry["digest"]:
                    found[f"{name} ({space})"] = entry
        return found

    def _namespaces(self) -> Iterator[tuple[str, bolt.Bucket]]:
        return ((_text(key), each) for key, each in self._records.items() if isinstance(each, bolt.Bucket))

    @functools.cached_property
    def _folders(self) -> dict[str, Path]:
        """The folder of every unpacked layer, by the digest of the chain of diffIDs that ends in it."""
        found: dict[str, Path] = {}
        for _, records in self._namespaces():
            for snapshotter, snapshots in records.bucket(b"snapshots").items():
                home = self._root / f"{_SNAPSHOTS}{_text(snapshotter)}"
                if not isinstance(snapshots, bolt.Bucket) or not (home / "metadata.db").is_file():
                    continue
                ids = bolt.read(home / "metadata.db", limits=self._limits).bucket(b"v1", b"snapshots")
                for chain, snapshot in snapshots.items():
                    key = snapshot.get(b"name") if isinstance(snapshot, bolt.Bucket) else None
                    record = ids.get(key) if isinstance(key, bytes) else None
                    number = record.get(b"id") if isinstance(record, bolt.Bucket) else None
                    if isinstance(number, bytes):
                        found[_text(chain)] = home / "snapshots" / str(bolt.unsigned(number)) / "fs"
        return found

    def _unpacked(self, diff_ids: Sequence[str]) -> list[Path | None]:
        folders = (self._folders.get(chain) for chain in chains(diff_ids))
        return [folder if folder and folder.is_dir() else None for folder in folders]


def chains(diff_ids: Sequence[str]) -> Iterator[str]:
    """The name of each layer together with those below it (image-spec config.md, "Layer ChainID")."""
    chain = ""
    for diff_id in diff_ids:
        both = f"{chain} {diff_id}".encode()
        chain = f"sha256:{hashlib.sha256(both).hexdigest()}" if chain else diff_id
        yield chain


class _Content:
    """The content folder as an OCI layout with an index of our own; see `Files`."""

    def __init__(self, root: Path, index: bytes) -> None:
        self.where = str(root)
        self._folder, self._index = Folder(root / _CONTENT), index

    def __contains__(self, name: str) -> bool:
        return name == INDEX or name in self._folder

    def open(self, name: str) -> OpenFile:
        return io.BytesIO(self._index) if name == INDEX else self._folder.open(name)


def _rank(name: str) -> int:
    """The kubelet's runtime gives an image three names: with its tag, with its digest, and its id."""
    return 2 if name.startswith("sha256:") else 1 if "@" in name else 0


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def is_containerd(path: Path) -> bool:
    """True for a folder in which containerd keeps its images."""
    return (path / RECORDS).is_file()
