"""What a registry is asked for one package, and what its answer becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe.http_rules import shown
from seawall.safe.limits import Limits
from seawall.sources.repositories.access import RepositoryAccess

MOST = 100_000
"""Releases of one package. The most that are known to us are some thousands."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release. `released` is a day or a moment (ISO 8601), "" where the registry does not say.

    `withdrawn` says why it should not be used (yanked, deprecated), "" where it may be; `requires` is the Python that
    it needs, as a specifier.
    """

    version: str
    released: str = ""
    withdrawn: str = ""
    requires: str = ""


class LanguageRegistry(msgspec.Struct, frozen=True, kw_only=True):
    """`mirror` names its address in `access.DEFAULTS`; `path` gives what is asked there, "" for what cannot be asked.

    `parse(content, package, where, limits)` reads the answer.
    """

    mirror: str
    path: Callable[[Package], str]
    parse: Callable[[bytes, Package, str, Limits], Iterable[Release]]
    accept: str = ""


def releases(registry: LanguageRegistry, package: Package, access: RepositoryAccess) -> list[Release] | None:
    """Every release of a package; None for one that the registry does not have. Raises SeawallError."""
    path = registry.path(package)
    if not path:
        return None
    url = f"{access.base(registry.mirror)}/{path}"
    content = access.cache.fetch(url, accept=registry.accept, returns=(404, 410))
    if content is None:
        return None
    found = list(registry.parse(content, package, shown(url), access.limits))
    if len(found) > MOST:
        raise Malformed(f"more than {MOST:,} releases", where=shown(url))
    return found
