"""Maven's ComparableVersion, by its specification: https://maven.apache.org/pom.html#version-order-specification

Tokens are split at `.`, at `-`, and between digits and letters (as by `-`). Zeros and the words of a release are
dropped at the end and before each hyphen or word, so the end of a version stands for them, and one row of ranks orders
all: `1-rc < 1 < 1-sp < 1-other < 1-1 < 1.1`. As Maven does since 3.9, `1.word` is `1-word`; before, three such versions
could each be lower than the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_TOKEN = re.compile(r"([.-]?)(?:([0-9]+)|([^0-9.-]+)|)")
_DIGITS = frozenset("0123456789")
_LETTERS = {"a": "alpha", "b": "beta", "m": "milestone"}
_BEFORE = ("alpha", "beta", "milestone", "rc", "snapshot")
_RELEASE = ("", "ga", "final", "release")
_END, _SP, _WORD, _HYPHEN, _DOT = (bytes((rank,)) for rank in range(0x10, 0x15))


def _word(text: str, *, before_digit: bool) -> bytes:
    """The rank of a qualifier, b"" for the words that mean the release itself."""
    word = _LETTERS.get(text, text) if before_digit else text
    word = "rc" if word == "cr" else word
    if word in _RELEASE:
        return b""
    if word in _BEFORE:
        return bytes((_BEFORE.index(word),))
    return _SP if word == "sp" else _WORD + word.encode(errors="surrogatepass") + b"\0"


def _tokens(version: str) -> Iterator[tuple[bool, bool, bytes]]:
    """Each token: whether it cuts the zeros before it, whether it is null itself, and its bytes."""
    for at in _TOKEN.finditer(version):
        separator, digits, letters = at.groups()
        if not at[0]:
            continue
        hyphen = separator == "-" or (not separator and at.start() > 0)
        if letters:
            word = _word(letters, before_digit=version[at.end() : at.end() + 1] in _DIGITS)
            yield True, not word, word or _HYPHEN + number("")
        else:
            yield hyphen, not (digits or "").strip("0"), (_HYPHEN if hyphen else _DOT) + number(digits or "")


def key(version: str) -> bytes:
    """Raises Malformed for the empty text and for white space; Maven takes everything else."""
    if not version or version.split() != [version] or "\0" in version:
        raise Malformed("not a Maven version", where=version)
    kept: list[bytes] = []
    nulls: list[bytes] = []
    for cuts, null, token in _tokens(version.lower()):
        if cuts:
            nulls.clear()
        nulls.append(token)
        if not null:
            kept += nulls
            nulls.clear()
    return b"".join(kept) + _END
