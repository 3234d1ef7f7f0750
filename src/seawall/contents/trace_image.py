"""An image's tree as the trace asks for it, and which texts the trace reads beside programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from seawall.contents.assemble import Tree
from seawall.contents.trace_files import Kind
from seawall.model.contents import Program

TEXT_MAX = 256 << 10
"""Bytes of one text that are kept to be read."""

_SETTINGS = re.compile(
    r"etc/(ld\.so\.conf(\.d/[^/]+)?|ld-musl-[^/]+\.path|passwd)|(.*/)?(pyvenv\.cfg|package\.json|supervisord\.conf)"
    r"|etc/supervisor(d)?(/conf)?\.d/[^/]+|etc/(default|sysconfig|conf\.d)/[^/]+"
)
_SOURCE = re.compile(r".*\.(py|js|mjs|cjs|rb|ru|php|pl|sh)")
_LIBRARY = re.compile(
    r"(usr/)?(local/)?(lib|lib64|share|include)/|.*/(node_modules|site-packages|dist-packages|gems|perl5?)/"
)
_KINDS: dict[str, Kind] = {"file": "file", "dir": "dir", "symlink": "link", "other": "other"}


def wants_text(path: str) -> bool:
    """Whether the trace reads the text at a path: settings of loaders and runtimes, and an application's own code."""
    return bool(_SETTINGS.fullmatch(path)) or (bool(_SOURCE.fullmatch(path)) and not _LIBRARY.match(path))


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
