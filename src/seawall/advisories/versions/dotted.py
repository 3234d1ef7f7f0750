"""CRAN and Hackage: whole numbers between dots (CRAN: also hyphens), compared one by one; 1.0 sorts before 1.0.0.

Sources: https://cran.r-project.org/doc/manuals/r-release/R-exts.html (package_version),
https://pvp.haskell.org/#version-numbers
"""

from __future__ import annotations

import re

from seawall.advisories.versions.numbers import number
from seawall.errors import Malformed

_VERSION = re.compile(r"[0-9]+(?:[.-][0-9]+)*", re.ASCII)


def key(version: str) -> bytes:
    """Raises Malformed for all else."""
    if not _VERSION.fullmatch(version):
        raise Malformed("not numbers between dots", where=version)
    return b"".join(b"\x01" + number(digits) for digits in re.split("[.-]", version)) + b"\0"
