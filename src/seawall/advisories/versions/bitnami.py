"""Bitnami: SemVer, but a number behind the hyphen is a revision of the package and comes after: 1.2.3 < 1.2.3-4.

Source: https://github.com/bitnami/go-version#readme
"""

from __future__ import annotations

import re

from seawall.advisories.versions import semver
from seawall.advisories.versions.numbers import number

_REVISION = re.compile(r"(.+?)-([0-9]+)", re.ASCII)


def key(version: str) -> bytes:
    """Raises Malformed as SemVer does."""
    revised = _REVISION.fullmatch(version)
    plain, revision = revised.groups() if revised else (version, "")
    return semver.key(plain) + number(revision)
