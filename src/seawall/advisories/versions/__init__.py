"""The orderings of versions: one file each, with one `key(version)`, comparable with every other key of that file.

All keys but PyPI's are bytes, so that a database can compare them. A key raises Malformed for what its ecosystem's tool
would not order. To add an ordering: one file, and one line in `ORDERINGS` for each ecosystem that uses it.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from seawall.errors import Malformed, Unsupported

ORDERINGS: dict[str, str] = {
    "AlmaLinux": "rpm",
    "Alpine": "apk",
    "Azure Linux": "rpm",
    "Bitnami": "bitnami",
    "Chainguard": "apk",
    "CRAN": "dotted",
    "crates.io": "semver",
    "Debian": "dpkg",
    "Go": "golang",
    "Hackage": "dotted",
    "Hex": "semver",
    "Mageia": "rpm",
    "Maven": "maven",
    "npm": "semver",
    "NuGet": "nuget",
    "openEuler": "rpm",
    "openSUSE": "rpm",
    "Packagist": "packagist",
    "Pub": "pub",
    "PyPI": "pep440",
    "Red Hat": "rpm",
    "Rocky Linux": "rpm",
    "RubyGems": "rubygems",
    "SUSE": "rpm",
    "SwiftURL": "semver",
    "Ubuntu": "dpkg",
    "Wolfi": "apk",
}
_LONGEST = 1024


@cache
def _ordering(ecosystem: str) -> Any:
    module = ORDERINGS.get(ecosystem.partition(":")[0])
    if module is None:
        raise Unsupported("no ordering of versions is known for this ecosystem", where=ecosystem)
    return importlib.import_module(f"{__name__}.{module}")


def key(ecosystem: str, version: str) -> Any:
    """What sorts `version` among those of one ecosystem, named as in OSV; its release suffix (`:12`) is ignored.

    Raises Malformed for what cannot be a version, Unsupported for an ecosystem whose ordering is not known.
    """
    if len(version) > _LONGEST:
        raise Malformed(f"a version of {len(version):,} characters", where=version[:40])
    return _ordering(ecosystem).key(version.strip())


def certain_key(ecosystem: str, version: str) -> Any:
    """As `key`, but also raises Malformed for a version that is ordered by custom only: what it holds is a guess."""
    found = key(ecosystem, version)
    doubtful = getattr(_ordering(ecosystem), "doubtful", None)
    if doubtful is not None and doubtful(found):
        raise Malformed("a version from before the ecosystem's rules", where=version)
    return found


def compare(ecosystem: str, a: str, b: str) -> int:
    """-1, 0 or 1 as `a` is lower than, the same as, or higher than `b`; raises as `key` does."""
    first, second = key(ecosystem, a), key(ecosystem, b)
    return int(first > second) - int(first < second)
