"""Relations between packages: Debian's `libc6 (>= 2.36) | libc7`, Alpine's `so:libssl.so.3`, `musl>=1.2`.

deb-control(5), Debian Policy 7; https://wiki.alpinelinux.org/wiki/Apk_spec and apk-world(5)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from seawall.advisories.versions import compare

_ONE = re.compile(r"([A-Za-z0-9][A-Za-z0-9+._-]*)(?::[\w-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?.*")
_APK = re.compile(r"([^!\s<>=~@][^\s<>=~@]*)(?:(<=|>=|<|>|=|~)=?([^\s@]+))?(?:@.*)?")
_HOLDS = {"<<": (-1,), "<": (-1,), "<=": (-1, 0), "=": (0,), ">=": (0, 1), ">": (1,), ">>": (1,)}
"""Debian's old `<` and `>` mean `<=` and `>=`; no package has them any more."""


class Relation(NamedTuple):
    """A package, and a version it is held against ("" for any)."""

    name: str
    operator: str
    version: str


World = Mapping[str, Sequence[tuple[str, str]]]
"""By name, the packages that are or provide it: (package, version), "" where what is provided has no version."""


class Rules(NamedTuple):
    """How a distro orders versions and writes relations; `parse` gives the members of which one is enough."""

    ecosystem: str
    parse: Callable[[str], list[Relation]]

    def holds(self, relation: Relation, version: str) -> bool:
        """Whether a version fits. Raises Malformed."""
        if not relation.operator:
            return True
        if relation.operator == "~":
            return f"{version}.".startswith(f"{relation.version}.") or version.startswith(f"{relation.version}-")
        return bool(version) and compare(self.ecosystem, version, relation.version) in _HOLDS[relation.operator]

    def met(self, text: str, world: World) -> bool:
        """Whether something in the world meets a relation. Raises Malformed."""
        return any(self.hits(relation, world) for relation in self.parse(text))

    def hits(self, relation: Relation, world: World) -> list[str]:
        """The packages that a single relation is about."""
        return [package for package, version in world.get(relation.name, ()) if self.holds(relation, version)]

    def provided(self, name: str, version: str, provides: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
        """What a package adds to the world."""
        yield name, (name, version)
        for text in provides:
            for relation in self.parse(text):
                yield relation.name, (name, relation.version)


def _debian(text: str) -> list[Relation]:
    found = (_ONE.fullmatch(part.strip()) for part in text.split("|"))
    return [Relation(match[1], match[2] or "", match[3] or "") for match in found if match]


def _alpine(text: str) -> list[Relation]:
    match = _APK.fullmatch(text)
    return [Relation(match[1], (match[2] or ""), match[3] or "")] if match else []


DEBIAN = Rules("Debian", _debian)
ALPINE = Rules("Alpine", _alpine)
