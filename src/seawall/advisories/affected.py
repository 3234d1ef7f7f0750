"""One advisory against one version: affected, not affected, or not to be decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from seawall.errors import InputError
from seawall.model import Advisory, Range

KeyOf = Callable[[str], Any]
"""The sort key of a version in the ecosystem at hand; raises InputError for what cannot be compared."""

_FIRST = ("", "0")
_FIRST_NUMBER = re.compile(r"[vV=]?(?:0+[:!])?0*([0-9]*)")
_NEVER = "0"


class Hit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The advisory affects the version; where `why` is set, that could not be decided."""

    why: str = ""


def hit(advisory: Advisory, version: str, key: KeyOf) -> Hit | None:
    """None only where it is certain that `version` is not affected."""
    if version in advisory.versions:
        return Hit()
    why = ""
    for bounds in advisory.ranges:
        try:
            if _within(bounds, version, key):
                return Hit()
        except InputError as error:
            why = f"cannot compare {version!r} with {advisory.id}: {error}"
    if not advisory.ranges and _same(advisory.versions, version, key):
        return Hit()
    return Hit(why=why) if why else None


def _within(bounds: Range, version: str, key: KeyOf) -> bool:
    """A version fixed in "0" was never affected."""
    if bounds.fixed == _NEVER:
        return False
    found = key(version)
    return (
        (bounds.introduced in _FIRST or found >= key(bounds.introduced))
        and (not bounds.fixed or found < key(bounds.fixed))
        and (not bounds.last_affected or found <= key(bounds.last_affected))
    )


def _same(versions: Iterable[str], version: str, key: KeyOf) -> bool:
    """Whether one of the versions is `version` in another spelling (1.0 and 1.0.0)."""
    first = _first_number(version)
    others = [other for other in versions if first in other and _first_number(other) == first]
    if not others:
        return False
    try:
        found = key(version)
    except InputError:
        return False
    for other in others:
        try:
            if key(other) == found:
                return True
        except InputError:
            continue
    return False


@lru_cache(maxsize=1 << 16)
def _first_number(version: str) -> str:
    """What two spellings of one version have in common, and most versions do not: spares most of the keys."""
    digits = _FIRST_NUMBER.match(version)
    return digits[1] if digits else ""


def fixes(advisories: Iterable[Advisory], version: str, key: KeyOf) -> list[str]:
    """The fixed versions that the advisories name, lowest first, without those at or below `version`.

    Where `version` itself cannot be compared, all of them, highest first: the highest is right on every branch.
    """
    named = {bounds.fixed for advisory in advisories for bounds in advisory.ranges} - {"", _NEVER}
    comparable = {fixed: found for fixed in named if (found := _key_or_none(fixed, key)) is not None}
    installed = _key_or_none(version, key)
    if installed is None:
        return sorted(comparable, key=lambda fixed: comparable[fixed], reverse=True)
    return sorted((fixed for fixed in comparable if comparable[fixed] > installed), key=lambda fixed: comparable[fixed])


def _key_or_none(version: str, key: KeyOf) -> Any:
    try:
        return key(version)
    except InputError:
        return None


def first_clean(candidates: Sequence[str], advisories: Iterable[Advisory], key: KeyOf) -> str:
    """The first candidate that no advisory which knows a fix surely affects; "" where there is none.

    Whoever is fixed last is asked first: it says no to most candidates.
    """
    rank = {candidate: at for at, candidate in enumerate(candidates)}
    informed = [advisory for advisory in advisories if any(bounds.fixed for bounds in advisory.ranges)]
    informed.sort(key=lambda advisory: max(rank.get(bounds.fixed, -1) for bounds in advisory.ranges), reverse=True)
    for candidate in candidates:
        hits = (hit(advisory, candidate, key) for advisory in informed)
        if not any(found and not found.why for found in hits):
            return candidate
    return ""
