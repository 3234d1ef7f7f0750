"""What a patch does to an image, for whatever kind of packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from seawall.safe.packing import Sink

NOTHING_NEWER = "its repositories have no newer version"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One package from a version ("" for one that comes anew) to another; `digest` proves the file at `url`."""

    name: str
    before: str
    after: str
    arch: str
    why: str
    url: str
    digest: str
    repository: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The steps, by package why it is left as it is, what to know, and what writes the layer (a plain tar archive)."""

    steps: tuple[Step, ...]
    left: Mapping[str, str]
    notes: tuple[str, ...] = ()
    write: Callable[[Sink], None]
