"""The one way in for stores: `docker://NAME`, a folder, or one image in it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seawall.errors import Unreadable
from seawall.safe.limits import Limits
from seawall.sources.images.stores.containerd import Containerd, is_containerd
from seawall.sources.images.stores.docker_folder import DockerFolder, is_docker_folder
from seawall.sources.images.stores.store import Store

DOCKER = "docker://"


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """An image in a store, all of them where `name` is empty. Without a `folder`, the store is Docker's daemon."""

    folder: Path | None = None
    name: str = ""

    def __str__(self) -> str:
        return f"{self.folder}!/{self.name}" if self.folder else DOCKER + self.name


def is_store(path: Path) -> bool:
    """True for a folder in which Docker or containerd keeps its images."""
    try:
        return path.is_dir() and (is_containerd(path) or is_docker_folder(path))
    except PermissionError:
        return False


def open_folder(path: Path, limits: Limits) -> Store:
    """The store in a folder. Raises InputError."""
    try:
        return Containerd(path, limits) if is_containerd(path) else DockerFolder(path, limits)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}", where=str(path), hint="run as root") from None
