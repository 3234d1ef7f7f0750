"""Composer: PHP's version_compare, with the words of a pre-release in its order.

Source: https://www.php.net/version_compare
"""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_VERSION = re.compile(r"[0-9A-Za-z.+_-]+")
_PART = re.compile(r"([0-9]+)|([a-z]+)")
_RANKS = {"dev": 1, "alpha": 2, "a": 2, "beta": 3, "b": 3, "rc": 4, "pl": 7, "p": 7, "patch": 7}
_END, _NUMBER = b"\x05", b"\x06"


def key(version: str) -> bytes:
    """Raises Malformed for characters that no version has. A branch (`dev-main`) sorts below every number."""
    if not _VERSION.fullmatch(version):
        raise Malformed("not a Composer version", where=version)
    plain = version.lower().removeprefix("v")
    parts = _PART.findall(plain)
    return (
        b"".join(_NUMBER + number(digits) if digits else bytes((_RANKS.get(word, 0),)) for digits, word in parts) + _END
    )
