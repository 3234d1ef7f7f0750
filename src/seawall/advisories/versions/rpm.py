"""RPM: `[epoch:]version[-release]`, as rpmvercmp orders it, with `~` (before the end) and `^` (right after it).

A missing epoch is 0. A missing release sorts before any: advisories always name one.
Source: https://rpm-software-management.github.io/rpm/man/rpm-version.7
"""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_EPOCH = re.compile(r"([0-9]+):")
_SEGMENT = re.compile(r"([0-9]+)|([A-Za-z]+)|(~)|(\^)")
_TILDE, _END, _CARET, _WORD, _NUMBER = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"


def _part(text: str) -> bytes:
    """Runs of digits and of letters; what is neither only separates."""
    found = []
    for digits, letters, tilde, _ in _SEGMENT.findall(text):
        if digits:
            found.append(_NUMBER + number(digits))
        elif letters:
            found.append(_WORD + letters.encode() + b"\0")
        else:
            found.append(_TILDE if tilde else _CARET)
    return b"".join(found) + _END


def key(version: str) -> bytes:
    """Raises Malformed for the empty text and for white space."""
    if not version or version.split() != [version]:
        raise Malformed("not an RPM version", where=version)
    epoch = _EPOCH.match(version)
    rest = version[epoch.end() :] if epoch else version
    upstream, dash, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return number(epoch[1] if epoch else "") + _part(upstream) + (b"\x01" + _part(release) if dash else b"\0")
