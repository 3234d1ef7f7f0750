"""Where something was found."""

from __future__ import annotations

import msgspec


class Location(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A place in an input: `file` as the user named it, or a path inside an image; `line` from 1, 0 for none."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class NotAssessed(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something that was found and not looked at, so that silence is never taken for safety.

    `what` names the thing ("image layer", "cluster setting", "packages of Alpine v3.10"),
    `where` its place, `why` the reason in words for people.
    """

    what: str
    where: str
    why: str
