"""What hardening an image takes away and keeps, each with its reason."""

from __future__ import annotations

import msgspec

from seawall.model.report import Points


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that goes. `kind` is that of a tool (shell…), or cache, leftover, secret, manual, package, unneeded.

    `size` are the bytes of all `paths` as a container sees them, before packing.
    """

    kind: str
    what: str
    paths: tuple[str, ...]
    why: str
    size: int = 0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stays though it helps whoever breaks in, and why."""

    kind: str
    what: str
    path: str
    why: str


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """An image as a scan finds it. `size` are the bytes of its layers as stored; `vulnerabilities` were matched.

    `score` and `points` are its exploitability, as docs/exploitability.md has it.
    """

    score: int
    points: tuple[Points, ...]
    packages: int
    vulnerabilities: int
    size: int


class Hardening(msgspec.Struct, frozen=True, kw_only=True):
    """What was, or would be, done to an image.

    `setuid` are files that stay and lose their setuid and setgid bits; `user` is the user that is set, "" for none,
    `user_why` the reason; `unknown` what of the trace could not be followed; `packages` those that go whole; `notes`
    what has to be known of the result. `out` and `digest` (of the manifest) are "" in a dry run, `after` then None.
    """

    image: str
    removed: tuple[Removed, ...] = ()
    kept: tuple[Kept, ...] = ()
    setuid: tuple[str, ...] = ()
    user: str = ""
    user_why: str = ""
    packages: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    before: Measured
    after: Measured | None = None
    out: str = ""
    digest: str = ""
