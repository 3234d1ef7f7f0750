"""SemVer 2 for npm, crates.io and Hex: build metadata is ignored, missing numbers are 0.

Numbers past the third, which SemVer does not
have but packages do, count. Source: https://semver.org/#spec-item-11
"""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_VERSION = re.compile(r"[vV=]?([0-9]+(?:\.[0-9]+)*)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?")
_NUMBER, _WORD = b"\x01", b"\x02"


def _identifier(text: str) -> bytes:
    return _NUMBER + number(text) if text.isdigit() else _WORD + text.encode() + b"\0"


def key(version: str) -> bytes:
    """Raises Malformed for what does not start with a number, or has a pre-release that does not start with `-`."""
    parsed = _VERSION.fullmatch(version)
    if parsed is None:
        raise Malformed("not a semantic version", where=version)
    numbers, pre_release = parsed.groups()
    first, *more = numbers.split(".")
    while more and not more[-1].strip("0"):
        more.pop()
    release = number(first) + b"".join(b"\x02" + number(digits) for digits in more)
    if pre_release is None:
        return release + b"\x01"
    return release + b"\0" + b"".join(map(_identifier, pre_release.split("."))) + b"\0"
