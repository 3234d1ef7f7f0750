"""Names of members in archives, made safe to use as paths and to show."""

from __future__ import annotations

import posixpath


def normalise(name: str) -> str:
    """The path below the root, without leading, doubled or trailing slashes, "." or ".."; "" is the root itself.

    `..` cannot leave the root: "../../etc/passwd" is "etc/passwd", which is where containerd puts it.
    """
    if "/." not in name and "//" not in name and name[:1] not in (".", "/"):
        return name[:-1] if name.endswith("/") else name
    return posixpath.normpath("/" + name).lstrip("/")


def escapes(name: str) -> bool:
    """True where `..` would lead out of the root."""
    depth = 0
    for part in name.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def as_text(name: str) -> str:
    """The name with bytes that are not UTF-8 written as `\\xff`, so that every report can hold it."""
    return name if name.isascii() else name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
