"""Relations between packages of Debian: `libc6 (>= 2.36) | libc7`. See deb-control(5) and Debian Policy 7."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from seawall.advisories.versions import compare

_ONE = re.compile(r"([A-Za-z0-9][A-Za-z0-9+._-]*)(?::[\w-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?.*")
_HOLDS = {"<<": (-1,), "<": (-1, 0), "<=": (-1, 0), "=": (0,), ">=": (0, 1), ">": (0, 1), ">>": (1,)}


class Relation(NamedTuple):
    """A package, and a version it is held against ("" for any)."""

    name: str
    operator: str
    version: str


World = Mapping[str, Sequence[tuple[str, str]]]
"""By name, the packages that are or provide it: (package, version), "" where what is provided has no version."""


def alternatives(text: str) -> list[Relation]:
    """The members of one relation, of which one is enough."""
    found = (_ONE.fullmatch(part.strip()) for part in text.split("|"))
    return [Relation(match[1], match[2] or "", match[3] or "") for match in found if match]


def holds(relation: Relation, version: str) -> bool:
    """Whether a version fits. Raises Malformed."""
    if not relation.operator:
        return True
    return bool(version) and compare("Debian", version, relation.version) in _HOLDS[relation.operator]


def met(text: str, world: World) -> bool:
    """Whether something in the world meets a relation. Raises Malformed."""
    return any(hits(relation, world) for relation in alternatives(text))


def hits(relation: Relation, world: World) -> list[str]:
    """The packages that a single relation is about."""
    return [package for package, version in world.get(relation.name, ()) if holds(relation, version)]


def provided(name: str, version: str, provides: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """What a package adds to the world."""
    yield name, (name, version)
    for text in provides:
        for relation in alternatives(text):
            yield relation.name, (name, relation.version)
