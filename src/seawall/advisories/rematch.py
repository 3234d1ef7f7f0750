"""Which images to judge again when advisories change: those with a package that a changed record names or named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from seawall.advisories.ecosystems import Query, query
from seawall.advisories.match import owners_of
from seawall.advisories.names import key
from seawall.model import Distro, Package

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[str, str]
"""Ecosystem and name, as `names.key` has them: where the advisories of a package are."""

Index = Mapping[Place, frozenset[str]]
"""The images, by whatever names them, that have packages whose advisories are at a place."""


def places(package: Package, distro: Distro | None) -> Iterator[Place]:
    """Everywhere that `match` looks for advisories of the package; nowhere for one that cannot be looked up."""
    asked = query(package, distro)
    if isinstance(asked, Query):
        names = [asked.name, *([asked.source[0]] if asked.source else [])]
        names += [f"{package.module}::{name}" for name in names] if package.module else []
        for ecosystem in (asked.ecosystem, *asked.beside):
            yield from (key(ecosystem, name) for name in names)


def index(images: Iterable[tuple[str, Iterable[Package], Distro | None]]) -> Index:
    """The index of images given as name, packages and distro."""
    found: dict[Place, set[str]] = {}
    for image, packages, distro in images:
        for package in packages:
            for place in places(package, distro):
                found.setdefault(place, set()).add(image)
    return {place: frozenset(names) for place, names in found.items()}


def touched(known: Index, changed: Iterable[Place]) -> dict[str, frozenset[Place]]:
    """The images to judge again, with the places that changed under each; all others are as they were."""
    found: dict[str, set[Place]] = {}
    for place in set(changed):
        for image in known.get(place, ()):
            found.setdefault(image, set()).add(place)
    return {image: frozenset(places) for image, places in found.items()}


def again(packages: Sequence[Package], distro: Distro | None, changed: frozenset[Place]) -> tuple[Package, ...]:
    """The packages of one image whose advisories changed: what `match` is to be given.

    A package that one of the distro owns has no advisories of its own: it is judged with its owner.
    """
    owners = owners_of(packages)
    return tuple(
        package
        for package in packages
        if package.owner not in owners and not changed.isdisjoint(places(package, distro))
    )


def changed(old: Path, new: Path) -> frozenset[Place]:
    """The places at which two databases differ: a record is there that was not, is gone, or says something else.

    Raises DatabaseError. KEV and EPSS do not touch what is affected; whoever sorts by them looks them up anew.
    """
    import sqlite3

    from seawall.advisories.store import Store, unreadable

    Store.open(old).close()
    Store.open(new).close()
    rows = "SELECT ecosystem, name, id, source, row FROM"
    names = f"""
        SELECT DISTINCT ecosystem, name FROM ({rows} main.advisory EXCEPT {rows} old.advisory)
        UNION SELECT DISTINCT ecosystem, name FROM ({rows} old.advisory EXCEPT {rows} main.advisory)
    """  # noqa: S608
    try:
        connection = sqlite3.connect(f"{new.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            connection.execute("ATTACH ? AS old", (f"{old.absolute().as_uri()}?mode=ro&immutable=1",))
            return frozenset(connection.execute(names))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise unreadable(new, error) from None
