"""The orderings of versions: one file each, with one `key(version)`, comparable with every other key of that file.

All keys but PyPI's are bytes, so that a database can compare them. A key raises Malformed for what its ecosystem's tool
would not order. To add an ordering: one file, and one line in `_ORDERINGS` for each ecosystem that uses it.
"""

from __future__ import annotations

import importlib
from typing import Any

from seawall.errors import Malformed, Unsupported

_ORDERINGS: dict[str, str] = {
    "AlmaLinux": "rpm",
    "Alpine": "apk",
    "Azure Linux": "rpm",
    "Bitnami": "semver",
    "Chainguard": "apk",
    "crates.io": "semver",
    "Debian": "dpkg",
    "Go": "semver",
    "Hex": "semver",
    "Mageia": "rpm",
    "Maven": "maven",
    "npm": "semver",
    "NuGet": "nuget",
    "openEuler": "rpm",
    "openSUSE": "rpm",
    "Packagist": "packagist",
    "PyPI": "pep440",
    "Red Hat": "rpm",
    "Rocky Linux": "rpm",
    "RubyGems": "rubygems",
    "SUSE": "rpm",
    "Ubuntu": "dpkg",
    "Wolfi": "apk",
}
_LONGEST = 1024


def orderable(ecosystem: str) -> bool:
    """True where an ordering is known for the ecosystem, whose release suffix (`:12`) is ignored."""
    return ecosystem.partition(":")[0] in _ORDERINGS


def key(ecosystem: str, version: str) -> Any:
    """What sorts `version` among the versions of one ecosystem, named as in OSV; white space around it is ignored.

    Raises Malformed for what cannot be a version, Unsupported for an ecosystem whose ordering is not known.
    """
    ordering = _ORDERINGS.get(ecosystem.partition(":")[0])
    if ordering is None:
        raise Unsupported("no ordering of versions is known for this ecosystem", where=ecosystem)
    if len(version) > _LONGEST:
        raise Malformed(f"a version of {len(version):,} characters", where=version[:40])
    return importlib.import_module(f"{__name__}.{ordering}").key(version.strip())


def compare(ecosystem: str, a: str, b: str) -> int:
    """-1, 0 or 1 as `a` is lower than, the same as, or higher than `b`; raises as `key` does."""
    first, second = key(ecosystem, a), key(ecosystem, b)
    return int(first > second) - int(first < second)
