"""An image as packages are unpacked over it: what lies where, behind the image's own links, and with which rights."""

from __future__ import annotations

from contextlib import closing
from functools import cache

from seawall.errors import Unsupported
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import Limits
from seawall.sources.images.files import readable
from seawall.sources.images.image import ImageSource
from seawall.sources.images.links import join
from seawall.sources.images.read import read
from seawall.sources.images.squash import Tree

_READ = ("var/lib/dpkg/", "var/lib/apt/extended_states", "etc/", "lib/apk/db/", "usr/lib/apk/db/")

Rights = tuple[int, int, int]
"""Mode, user, group."""


class Present:
    """What is there. Paths have no leading slash."""

    def __init__(self, tree: Tree[bytes], folders: dict[str, Rights]) -> None:
        self._tree, self._folders = tree, folders
        self._entries = cache(tree.entries)

    def text(self, path: str) -> bytes:
        """A file of a package database or of etc/, links followed; b"" where there is none that can be read."""
        return self._tree.find(path) or b""

    def names(self, folder: str) -> dict[str, str]:
        """What is in a folder, by kind."""
        return dict(self._entries(folder))

    def real(self, path: str) -> str:
        """The path with links followed, but for its last part."""
        folder, _, name = path.rpartition("/")
        if not folder:
            return name
        found = self._tree.resolve(folder)
        return join(self.real(folder) if found is None else found, name)

    def kind(self, path: str) -> str:
        """file, dir, symlink or other; "" for nothing."""
        folder, _, name = path.strip("/").rpartition("/")
        return self._entries(folder).get(name, "") if name else "dir"

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder, links followed."""
        found = self._tree.resolve(path)
        return found is not None and (not found or self.kind(found) == "dir")

    def rights(self, folder: str) -> Rights:
        """Those of a folder; what a container runtime gives it where no layer says."""
        return self._folders.get(folder, (0o755, 0, 0))


def read_present(source: ImageSource, limits: Limits) -> Present:
    """Raises InputError."""
    found = read(
        source, wants=lambda path: path.startswith(_READ), visit=lambda _, content: content, limits=limits, verify=False
    )
    folders: dict[str, Rights] = {}
    for layer in source.layers:
        if layer is None or layer.folder:
            raise Unsupported("a layer of the image is not there to be read", where=source.image.name)
        with readable(layer.where), closing(layer.open()) as raw:
            stream = open_stream(raw, where=layer.where, limits=limits)
            for member in tar.walk(stream, where=layer.where, limits=limits):
                if member.kind == "dir":
                    folders[found.tree.resolve(member.name) or member.name] = member.rights
    return Present(found.tree, folders)
