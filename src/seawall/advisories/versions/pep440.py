"""PyPI: PEP 440, read by packaging. Versions from before it sort below all others, as setuptools and PyPI had them.

A legacy version says little about what it is; whoever judges by its key asks `doubtful` first.
"""

from __future__ import annotations

import re
from typing import Any

from packaging.version import InvalidVersion, Version

from seawall.errors import Malformed

_PART = re.compile(r"([0-9]+)|([a-z]+|-)")
_BEFORE_RELEASE = {"dev": "@", "pre": "c", "preview": "c", "rc": "c", "-": "final-"}


def _legacy(version: str) -> tuple[str, ...]:
    """Numbers padded to sort as text; words before numbers, those of a pre-release before the end."""
    parts: list[str] = []
    for digits, word in _PART.findall(version.lower()):
        if digits:
            parts.append(digits.zfill(8))
            continue
        text = _BEFORE_RELEASE.get(word, word)
        if text < "final":
            while parts and parts[-1] == "*final-":
                parts.pop()
        while parts and not parts[-1].strip("0"):
            parts.pop()
        parts.append(f"*{text}")
    return (*parts, "*final")


def key(version: str) -> tuple[Any, ...]:
    """Raises Malformed for the empty text and for white space."""
    if not version or version.split() != [version]:
        raise Malformed("not a Python version", where=version)
    try:
        return (1, Version(version))
    except (InvalidVersion, ValueError):
        return (0, _legacy(version))


def doubtful(key: tuple[Any, ...]) -> bool:
    """True for the key of a legacy version."""
    return bool(key[0] == 0)
