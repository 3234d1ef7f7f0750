"""How a report is to look: everything about the reader that the door knows and a pure function may not ask for."""

from __future__ import annotations

import datetime

import msgspec

ANSI = {
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "info": "2",
    "unknown": "35",
    "title": "1",
    "PASS": "1;32",
    "FAIL": "1;31",
    "NOT DONE": "1;31",
}


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """`width` in columns, 0 for no bound. `verbose` cuts and sums up nothing.

    `now` (with a time zone) turns dates into ages.
    """

    color: bool = False
    width: int = 100
    verbose: bool = False
    now: datetime.datetime | None = None

    def paint(self, text: str, name: str) -> str:
        return f"\x1b[{ANSI[name]}m{text}\x1b[0m" if self.color else text


PLAIN = Style()
