"""Which major versions of a provider a configuration may run with: defaults and attributes differ between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from seawall.safe import hcl

MAJORS = frozenset({3, 4, 5})
"""The major versions of azurerm that the table knows."""

_TERM = re.compile(r"\s*(>=|<=|!=|~>|=|>|<)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?\S*\s*$")

Version = tuple[int, ...]


class Provider(msgspec.Struct, frozen=True):
    """The version of a provider: the major ones that it may be, and the whole one where it is fixed."""

    majors: frozenset[int] = MAJORS
    version: str = ""

    def within(self, constraints: Iterable[str]) -> Provider:
        """This one where the constraints hold, too; one that allows nothing that is left is passed over."""
        found = self
        for constraint in constraints:
            found = Provider((found.majors & majors(constraint)) or found.majors, found.version or exact(constraint))
        return found


def majors(constraint: str) -> frozenset[int]:
    """The major versions that a constraint such as `>= 3.0, < 5.0` allows; all where it cannot be read.

    A version that the table does not know is taken for the nearest one that it does.
    """
    terms: list[tuple[str, Version]] = []
    for part in constraint.split(",")[:20]:
        match = _TERM.match(part)
        if match is None:
            return MAJORS
        terms.append((match[1] or "=", tuple(int(group) for group in match.groups()[1:] if group is not None)))
    allowed = frozenset(major for major in MAJORS if any(_allows(terms, version) for version in _samples(major, terms)))
    return allowed or frozenset({min(MAJORS) if terms[0][1][0] < min(MAJORS) else max(MAJORS)})


def required(bodies: Iterable[hcl.Body], provider: str) -> list[str]:
    """The constraints of `required_providers` blocks."""
    found = []
    for body in bodies:
        entry = body.attributes.get(provider)
        if isinstance(entry, hcl.Object):
            held = (value for key, value in entry.pairs if isinstance(key, hcl.Literal) and key.value == "version")
            entry = next(held, None)
        if isinstance(entry, hcl.Literal) and isinstance(entry.value, str):
            found.append(entry.value)
    return found


def locked(body: hcl.Body, provider: str) -> str:
    """The version that a lock file fixes; "" where it does not."""
    for block in body.blocks:
        version = block.body.attributes.get("version")
        ours = block.kind == "provider" and block.labels and block.labels[0].endswith(f"/{provider}")
        if ours and isinstance(version, hcl.Literal) and isinstance(version.value, str):
            return version.value
    return ""


def exact(constraint: str) -> str:
    """The one version that a constraint allows; "" where there are several."""
    match = _TERM.match(constraint)
    return ".".join(match.groups()[1:]) if match and match[1] in (None, "=") and match[4] else ""


def _samples(major: int, terms: Sequence[tuple[str, Version]]) -> Iterable[Version]:
    """Versions of one major among which one is allowed if any is."""
    yield from ((major, 0, 0), (major, 9999, 9999))
    for _, version in terms:
        if version[0] == major:
            full = (*version, 0, 0)[:3]
            yield from (
                full,
                (*full[:2], full[2] + 1),
                (*full[:2], max(full[2] - 1, 0)),
                (major, max(full[1] - 1, 0), 0),
            )


def _allows(terms: Sequence[tuple[str, Version]], version: Version) -> bool:
    return all(_holds(sign, bound, version) for sign, bound in terms)


def _holds(sign: str, bound: Version, version: Version) -> bool:
    full = (*bound, 0, 0)[:3]
    match sign:
        case "=":
            return version == full
        case "!=":
            return version != full
        case ">=":
            return version >= full
        case "<=":
            return version <= full
        case ">":
            return version > full
        case "<":
            return version < full
        case _:  # ~>: the last number written may grow
            return version >= full and version[: len(bound) - 1] == bound[:-1]
