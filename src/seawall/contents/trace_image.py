"""An image's tree as the trace asks for it, and its process as the image's configuration says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from seawall.contents.trace import Process, trace
from seawall.contents.trace_files import Kind
from seawall.model import Image
from seawall.model.contents import Program, Trace

if TYPE_CHECKING:
    from seawall.contents.assemble import Tree

_KINDS: dict[str, Kind] = {"file": "file", "dir": "dir", "symlink": "link", "other": "other"}


def of_image(image: Image, files: ImageFiles) -> Trace:
    """What the image runs by its own configuration."""
    process = Process(
        entrypoint=image.entrypoint,
        command=image.command,
        environment=dict(variable.partition("=")[::2] for variable in image.env),
        folder=image.working_dir or "/",
        user=image.user,
        volumes=image.volumes,
    )
    return trace(process, files)


class ImageFiles:
    """The files of an image. `texts` are those that `wants_text` names, by their real path."""

    def __init__(self, tree: Tree, programs: Iterable[Program], texts: Mapping[str, str]) -> None:
        self._tree, self._texts = tree, texts
        self._links = dict(tree.links())
        self._programs = {path: each for each in programs for path in (*each.links, each.path)}
        self._folders: dict[str, Mapping[str, str]] = {}

    def kind(self, path: str) -> Kind | None:
        """What is at the path itself; None where there is nothing."""
        parent, _, name = path.rpartition("/")
        return _KINDS.get(self._entries(parent).get(name, "")) if path else "dir"

    def link(self, path: str) -> str:
        """The target of the link at a path, as it is written."""
        return self._links[path]

    def entries(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""
        return tuple(sorted(self._entries(path)))

    def program(self, path: str) -> Program | None:
        """The program in the file at a path; None where it is none."""
        return self._programs.get(path)

    def text(self, path: str) -> str | None:
        """The content of a text file; None where it was not kept."""
        return self._texts.get(path)

    def _entries(self, folder: str) -> Mapping[str, str]:
        if folder not in self._folders:
            self._folders[folder] = self._tree.entries(folder)
        return self._folders[folder]
