"""Under which ecosystem and name the advisories of a package are kept and looked up."""

from __future__ import annotations

import re
from functools import lru_cache

FOLDED = frozenset({"npm", "NuGet", "Packagist"})
_RED_HAT = re.compile(r"(Red Hat:enterprise_linux:[0-9]+)[.:].*")
_SEPARATORS = re.compile(r"[-_.]+")


def key(ecosystem: str, name: str) -> tuple[str, str]:
    """The key of a package: what a user installed and what an advisory says meet here.

    An ecosystem loses the address of a repository (`Packagist:https://packages.drupal.org/8` is `Packagist`: the
    installed package does not tell where it came from) and keeps its release (`Debian:12`), of Red Hat the major one
    (`Red Hat:enterprise_linux:9::baseos`), for packages of all its repositories are one distro. PyPI names are
    normalised as PEP 503 says; NuGet and Packagist names know no case; npm's are folded because some advisories write
    `Axios`.
    """
    ecosystem = _plain(ecosystem)
    if ecosystem == "PyPI":
        return ecosystem, _SEPARATORS.sub("-", name).lower()
    return ecosystem, name.lower() if ecosystem in FOLDED else name


@lru_cache(maxsize=1024)
def _plain(ecosystem: str) -> str:
    if ":http" in ecosystem:
        return ecosystem.partition(":")[0]
    red_hat = _RED_HAT.match(ecosystem)
    return red_hat[1] if red_hat else ecosystem


OVERLAYS = {
    "Alpine secdb": "Alpine",
    "Azure Linux OVAL": "Azure Linux",
    "Azure Linux VEX": "Azure Linux",
    "Debian tracker": "Debian",
    "Red Hat VEX": "Red Hat",
}
"""Vendors' own feeds, and the ecosystem that each speaks of beside OSV's bundle of that name.

Where both have a record of one id, the vendor's counts: its name sorts behind that of the bundle.
"""


def family(source: str) -> str:
    """The ecosystem, without release, that a source speaks of."""
    return OVERLAYS.get(source, source)


def belongs(ecosystem: str, source: str) -> bool:
    """Whether the bundle of `source` is the one that answers for `ecosystem`: `Debian` for `Debian:12`."""
    return ecosystem == source or ecosystem.startswith(f"{source}:")
