"""Who may log in: /etc/passwd and /etc/shadow (passwd(5), shadow(5))."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.model import Account

FILES = ("etc/passwd", "etc/shadow")


def accounts(path: str, content: bytes) -> Iterator[Account]:
    """A line each; what is no line of such a file is passed over, as the C library does."""
    for line in content.decode("utf-8", "replace").splitlines():
        name, *fields = line.split(":")
        if not fields or not name or name.startswith("#"):
            continue
        user = int(fields[1]) if path == "etc/passwd" and len(fields) > 1 and fields[1].isdecimal() else None
        yield Account(path=path, name=name, user=user, empty=not fields[0])
