"""RubyGems: Gem::Version. A word makes a pre-release; a platform (`-x86_64-linux`) is no part of the version."""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_PLATFORM = re.compile(
    r"-(?:x86|x64|i[3-6]86|arm|aarch64|ppc|s390|riscv|java|jruby|universal|mswin|mingw|linux|darwin).*"
)
_VERSION = re.compile(r"[0-9]+[A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_SEGMENT = re.compile(r"([0-9]+)|([A-Za-z]+)")
# A zero that only zeros part from a word sorts before the end, as the word does, but after the word itself.
_WORD, _ZERO_BEFORE_WORD, _END, _NUMBER = (bytes((rank,)) for rank in range(1, 5))


def key(version: str) -> bytes:
    """Raises Malformed for what does not start with a number or has other characters than Gem::Version takes."""
    plain = _PLATFORM.sub("", version)
    if not _VERSION.fullmatch(plain):
        raise Malformed("not a gem version", where=version)
    found: list[bytes] = []
    zeros, pre_release = 0, False
    for digits, word in _SEGMENT.findall(plain.replace("-", ".pre.")):
        if not word and not digits.strip("0"):
            zeros += 1
        elif word:
            found += [_ZERO_BEFORE_WORD] * zeros if pre_release else []
            found.append(_WORD + word.encode() + b"\0")
            zeros, pre_release = 0, True
        else:
            found += [_NUMBER + b"\0"] * zeros + [_NUMBER + number(digits)]
            zeros = 0
    return b"".join(found) + _END
