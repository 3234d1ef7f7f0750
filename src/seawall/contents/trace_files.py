"""The files of an image as the trace asks for them, and links followed with every step noted.

Paths are relative to the root, without a leading slash; "" is the root.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from seawall.model.contents import Program

Kind = Literal["file", "dir", "link", "other"]

HOPS = 40
"""Links followed for one path, as in Linux (path_resolution(7))."""

WALKED = 200_000
"""Files looked at below folders that are needed whole, for one image."""


class Files(Protocol):
    """A tree of files. All paths but the last component of one given to `link` and `kind` are free of links."""

    def kind(self, path: str) -> Kind | None:
        """What is at the path itself; None where there is nothing."""

    def link(self, path: str) -> str:
        """The target of the link at a path, as it is written."""

    def entries(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""

    def program(self, path: str) -> Program | None:
        """The program in the file at a path; None where it is none."""

    def text(self, path: str) -> str | None:
        """The content of a text file; None where it was not kept."""


class Way(msgspec.Struct, frozen=True):
    """Where a path leads: the links that are gone through, and the real path, None where nothing is there."""

    links: tuple[str, ...]
    real: str | None


def join(folder: str, name: str) -> str:
    """A path below a folder, or what `name` says where it begins at the root."""
    parts: list[str] = []
    for part in (name if name.startswith("/") else f"{folder}/{name}").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def follow(files: Files, path: str) -> Way:
    """The way of a path through links, as a process inside the image would go."""
    todo, done, links = path.split("/")[::-1], list[str](), list[str]()
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del done[-1:]
            continue
        done.append(part)
        here = "/".join(done)
        kind = files.kind(here)
        if kind is None or len(links) > HOPS:
            return Way(tuple(links), None)
        if kind == "link":
            links.append(here)
            target = files.link(here)
            done = [] if target.startswith("/") else done[:-1]
            todo += target.split("/")[::-1]
    return Way(tuple(links), "/".join(done))


def real(files: Files, path: str) -> str | None:
    """The real path; None where nothing is there."""
    return follow(files, path).real


def read(files: Files, path: str) -> str | None:
    """The text of the file that a path leads to, a script's too."""
    at = real(files, path)
    if at is None:
        return None
    program = files.program(at)
    return files.text(at) or (program.text or None if program else None)


def matching(files: Files, pattern: str) -> tuple[str, ...]:
    """The paths that a shell pattern stands for, sorted; the pattern begins at the root."""
    from seawall.contents.shell_values import matches

    found = [""]
    for part in join("", pattern).split("/"):
        below = []
        for folder in found:
            names: tuple[str, ...] = (part,)
            if any(sign in part for sign in "*?["):
                at = real(files, folder)
                listed = files.entries(at) if at is not None and (at == "" or files.kind(at) == "dir") else ()
                names = tuple(n for n in listed if matches(n, part) and (part[0] == "." or n[0] != "."))
            below += [join(folder, name) for name in names]
        found = below
    return tuple(path for path in found if real(files, path) is not None)
