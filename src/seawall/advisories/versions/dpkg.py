"""Debian and Ubuntu: `[epoch:]upstream[-revision]`, as deb-version(7) orders it."""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_VERSION = re.compile(r"(?:([0-9]+):)?([A-Za-z0-9.+~:_-]+?)(?:-([A-Za-z0-9.+~_]*))?", re.ASCII)
_DIGITS = re.compile(r"([0-9]+)")
_END = b"\x02"
# What is no digit sorts: `~`, then the end of the part, then letters, then everything else.
_RANKS = bytes(code if chr(code).isalpha() else 1 if chr(code) == "~" else code | 0x80 for code in range(128))
_RANKS += bytes(range(128, 256))


def _part(text: str) -> bytes:
    """Non-digits and numbers by turns. The end of either sorts where the end of the whole does."""
    if text.isdigit():
        return _END + number(text) + _END
    pieces = _DIGITS.split(text)
    found = []
    for at in range(1, len(pieces), 2):
        found.append(pieces[at - 1].encode().translate(_RANKS) + _END + number(pieces[at]))
    if pieces[-1]:
        found.append(pieces[-1].encode().translate(_RANKS) + _END + b"\0")
    return b"".join(found) + _END


def key(version: str) -> bytes:
    """Raises Malformed for characters that no Debian version has, and for the empty text.

    A version without revision equals the one with revision 0; one that starts with a letter is taken, as dpkg does.
    """
    parsed = _VERSION.fullmatch(version)
    if parsed is None:
        raise Malformed("not a Debian version", where=version)
    epoch, upstream, revision = parsed.groups()
    return number(epoch or "") + _part(upstream) + _part(revision or "0")
