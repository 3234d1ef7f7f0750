"""Symbolic links, followed as a process inside the image would: nothing leads out of the root."""

from __future__ import annotations

from collections.abc import Callable

HOPS = 40
"""Links followed for one path, as in Linux (path_resolution(7))."""

PATH_MAX = 4096
"""Bytes of a link's target, as in Linux."""


def follow(path: str, link_at: Callable[[str], str | None]) -> str | None:
    """The path without links, the last component followed too; None for a loop or a chain that is too long.

    `link_at` gives the target of the link at a path, None where there is no link.
    """
    todo, done, hops = path.split("/")[::-1], list[str](), 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del done[-1:]
            continue
        done.append(part)
        target = link_at("/".join(done))
        if target is None:
            continue
        hops += 1
        if hops > HOPS or len(target) > PATH_MAX:
            return None
        done = [] if target.startswith("/") else done[:-1]
        todo += target.split("/")[::-1]
    return "/".join(done)


def follow_parent(path: str, link_at: Callable[[str], str | None]) -> str | None:
    """Like `follow`, but the last component stays as it is."""
    parent, _, name = path.rpartition("/")
    real = follow(parent, link_at)
    return None if real is None else join(real, name)


def join(folder: str, name: str) -> str:
    """A path below a folder; "" is the root."""
    return f"{folder}/{name}" if folder else name
