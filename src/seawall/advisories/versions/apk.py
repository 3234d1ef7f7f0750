"""Alpine, Wolfi, Chainguard: `1.2.3a_rc1-r4`, as apk-tools orders it.

`1.2 < 1.2-r0 < 1.2_p1 < 1.2a < 1.2.1`, and `1.2_rc1 < 1.2`. A later number with a leading zero is a fraction: `1.06 <
1.1`. A letter may carry a number (`9.9p1`), as apk-tools 2 took it.
Source: https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd
"""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_BEFORE = ("alpha", "beta", "pre", "rc")
_AFTER = ("cvs", "svn", "git", "hg", "p")
_VERSION = re.compile(
    r"([0-9]+)((?:\.[0-9]+)*)(?:([a-z])([0-9]*))?"
    rf"((?:_(?:{'|'.join(_BEFORE + _AFTER)})[0-9]*)*)(?:~([0-9a-f]+))?(?:-r([0-9]*))?"
)
_SUFFIX = re.compile(r"_([a-z]+)([0-9]*)")
_END, _REVISION, _HASH, _LATER, _COUNT, _LETTER, _NUMBER = (bytes((rank,)) for rank in range(0x10, 0x17))


def _fraction(digits: str) -> bytes:
    return b"\0" + digits.encode() + b"\0" if digits[0] == "0" else b"\x01" + number(digits)


def _suffix(word: str, digits: str) -> bytes:
    rank = bytes((_BEFORE.index(word),)) if word in _BEFORE else _LATER + bytes((_AFTER.index(word),))
    return rank + (_COUNT + number(digits) if digits else b"")


def key(version: str) -> bytes:
    """Raises Malformed for what is outside the grammar; apk itself compares only its part before the fault."""
    parsed = _VERSION.fullmatch(version)
    if parsed is None:
        raise Malformed("not an Alpine version", where=version)
    first, rest, letter, count, suffixes, commit, revision = parsed.groups()
    found = [number(first), *(_NUMBER + _fraction(digits) for digits in rest.split(".")[1:])]
    if letter:
        found.append(_LETTER + letter.encode() + (_COUNT + number(count) if count else b""))
    found += [_suffix(word, digits) for word, digits in _SUFFIX.findall(suffixes)]
    if commit:
        found.append(_HASH + commit.encode() + b"\0")
    if revision is not None:
        found.append(_REVISION + number(revision))
    return b"".join(found) + _END
