"""The folder of Docker's daemon (`/var/lib/docker`), read without it: its own image store on overlayfs.

`repositories.json` has the names, `imagedb` the configurations by their digests, `layerdb` which folder a layer lies in
(https://github.com/moby/moby/tree/master/daemon/internal/image and …/layer). The folders are read as they lie: nobody
keeps a digest of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from seawall.errors import Malformed, SeawallError, Unsupported
from seawall.model import Layer, NotAssessed
from seawall.safe import files
from seawall.safe.limits import Limits
from seawall.sources.images.image import Config, ImageSource, LayerSource, describe, fits, parse
from seawall.sources.images.manifest import checked
from seawall.sources.images.stores.containerd import chains
from seawall.sources.images.stores.store import one_of

_DRIVERS = ("overlay2", "fuse-overlayfs")
_CACHE_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,127}")
_HEX = re.compile(r"[0-9a-f]{64}")


class _Repositories(msgspec.Struct, frozen=True, rename="pascal"):
    repositories: dict[str, dict[str, str]] = {}


class DockerFolder:
    """The images in Docker's folder; see `Store`."""

    def __init__(self, root: Path, limits: Limits) -> None:
        """Raises Unsupported for an image store that keeps no layer apart."""
        self._root, self._limits = root, limits
        drivers = sorted(path.parent.name for path in (root / "image").glob("*/repositories.json"))
        self._driver = next((driver for driver in _DRIVERS if driver in drivers), "")
        if not self._driver:
            hint = "ask the daemon: seawall scan docker://NAME"
            raise Unsupported(f"Docker keeps its images by {', '.join(drivers)}", where=str(root), hint=hint)
        self._images = root / "image" / self._driver

    def names(self) -> tuple[str, ...]:
        """Images without a name go by their digest, but for those that others were built on."""
        known = {digest: name for name, digest in sorted(self._named.items(), key=lambda pair: "@" not in pair[0])}
        parents = {path.read_text().strip() for path in self._images.glob("imagedb/metadata/sha256/*/parent")}
        digests = (f"sha256:{path.name}" for path in self._images.glob("imagedb/content/sha256/*"))
        tagged = [name for name in self._named if "@" not in name]
        rest = [digest for digest in digests if digest not in known and digest not in parents]
        only = [name for digest, name in known.items() if "@" in name and digest not in map(self._named.get, tagged)]
        return tuple(sorted({*tagged, *only, *rest}))

    def open(self, name: str, platform: str | None) -> tuple[ImageSource, ...]:
        digest = name
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", name):
            name = one_of(self._named, name, str(self._root))
            digest = self._named[name]
        path = self._images / "imagedb" / "content" / digest.replace(":", "/")
        content = checked(files.read(path, limits=self._limits), digest, where=str(path))
        config = parse(content, Config, where=str(path), limits=self._limits)
        if not fits(config.platform, platform or ""):
            raise Unsupported(f"no image for {platform}; there is {config.platform}", where=name)
        layers, sources, missing = list[Layer](), list[LayerSource | None](), list[NotAssessed]()
        for diff_id, chain in zip(config.diff_ids, chains(config.diff_ids), strict=True):
            layers.append(Layer(diff_id=diff_id))
            try:
                folder = self._folder(chain)
                sources.append(LayerSource(where=str(folder), diff_id=diff_id, folder=folder))
            except SeawallError as error:
                missing.append(NotAssessed(what="image layer", where=f"{name}!/{diff_id}", why=error.message))
                sources.append(None)
        manifest = next((key.partition("@")[2] for key, own in self._named.items() if own == digest and "@" in key), "")
        image = describe(
            config, tuple(layers), name=name, file=str(self._root), digest=manifest, not_assessed=tuple(missing)
        )
        return (ImageSource(image=image, layers=tuple(sources)),)

    @functools.cached_property
    def _named(self) -> dict[str, str]:
        path = self._images / "repositories.json"
        content = files.read(path, limits=self._limits)
        found = parse(content, _Repositories, where=str(path), limits=self._limits)
        return dict(_pairs(found))

    def _folder(self, chain: str) -> Path:
        algorithm, _, name = chain.partition(":")
        if algorithm != "sha256" or not _HEX.fullmatch(name):
            raise Malformed(f"{chain[:100]!r} is no digest", where=str(self._images))
        path = self._images / "layerdb" / "sha256" / name / "cache-id"
        found = files.read(path, limits=self._limits).decode("ascii", "replace").strip()
        folder = self._root / self._driver / found / "diff"
        if not _CACHE_ID.fullmatch(found) or not folder.is_dir():
            raise Malformed("the folder of the layer is not there", where=str(folder))
        return folder


def _pairs(found: _Repositories) -> Iterator[tuple[str, str]]:
    return (pair for names in found.repositories.values() for pair in names.items())


def is_docker_folder(path: Path) -> bool:
    """True for a folder in which Docker's daemon keeps its images."""
    return (path / "image").is_dir() and any((path / "image").glob("*/repositories.json"))
