"""What every store can do, and the names of the images in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Protocol

from seawall.errors import SeawallError, Unreadable
from seawall.sources.images.image import ImageSource
from seawall.sources.images.registry.reference import parse


class Store(Protocol):
    """The images of an engine. Both methods raise SeawallError."""

    def names(self) -> tuple[str, ...]:
        """A name for every image, sorted: one that has a tag where there is one, else its digest."""

    def open(self, name: str, platform: str | None) -> tuple[ImageSource, ...]:
        """The image of that name, no layer read yet."""


def one_of(names: Iterable[str], wanted: str, where: str) -> str:
    """The name that the user means: as it is written, or as Docker completes it. Raises Unreadable."""
    names = sorted(names)
    for name in names:
        if name == wanted or completed(name) == completed(wanted):
            return name
    near = difflib.get_close_matches(wanted, names, 3, 0.3) or names[:3]
    hint = f"there {'are' if len(near) > 1 else 'is'} {', '.join(near)}" if near else "there is no image in it"
    raise Unreadable(f"no image {wanted}", where=where, hint=hint[:500])


def completed(name: str) -> str:
    """`nginx` and `docker.io/library/nginx:latest` are one; what is no such name (an id) stands for itself."""
    try:
        reference = parse(name)
    except SeawallError:
        return name
    return f"{reference.registry}/{reference.repository}{':' if not reference.digest else '@'}{reference.target}"
