"""The built-in starter set, so that a first run without a database finds what is famous; two sources as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from seawall.advisories.match import Advisories, Partial, Scored
from seawall.advisories.names import key
from seawall.model import Advisory, Range

SOURCE = "starter set"
_BOUNDS = re.compile(r"(\S+ )?(<=?) (\S+)")


class Starter:
    """Advisories of some famous flaws. It covers no ecosystem: silence means nothing."""

    def __init__(self, advisories: Sequence[Advisory], exploited: frozenset[str]) -> None:
        self._exploited = exploited
        self._ids: dict[str, set[str]] = {}
        self._packages: dict[tuple[str, str], list[Advisory]] = {}
        for advisory in advisories:
            self._ids.setdefault(advisory.ecosystem, set()).add(advisory.id)
            self._packages.setdefault(key(advisory.ecosystem, advisory.package), []).append(advisory)

    def __iter__(self) -> Iterator[Advisory]:
        return (advisory for found in self._packages.values() for advisory in found)

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        found = self._packages.get(key(ecosystem, name), ())
        return [each for each in found if each.package == name] if ecosystem == "npm" else found

    def covers(self, ecosystem: str) -> bool:
        return False

    def exploited(self, cve: str) -> bool:
        return cve in self._exploited

    def epss(self, cve: str) -> float | None:
        return None

    def famous(self, ecosystem: str) -> int:
        return len(self._ids.get(ecosystem, ()))


class Combined:
    """Two sources as one: what either knows is known."""

    def __init__(self, first: Advisories, second: Advisories) -> None:
        self._both = (first, second)

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        return [advisory for source in self._both for advisory in source.lookup(ecosystem, name)]

    def covers(self, ecosystem: str) -> bool:
        return any(source.covers(ecosystem) for source in self._both)

    def exploited(self, cve: str) -> bool:
        return any(source.exploited(cve) for source in self._both)

    def epss(self, cve: str) -> float | None:
        return next((chance for source in self._both if (chance := source.epss(cve)) is not None), None)

    def vector(self, cve: str) -> tuple[str, str] | None:
        return next((v for source in self._both if isinstance(source, Scored) and (v := source.vector(cve))), None)

    def famous(self, ecosystem: str) -> int:
        return sum(source.famous(ecosystem) for source in self._both if isinstance(source, Partial))


def combined(first: Advisories, second: Advisories) -> Combined:
    """`first` beside `second`; where both describe or score a CVE, the first counts."""
    return Combined(first, second)


def starter() -> Starter:
    """The built-in set."""
    from seawall.advisories.starter_set import ROWS

    found = []
    for ids, ecosystem, packages, affected, cvss, _, summary in ROWS:
        best, *others = ids.split()
        for package in packages.split():
            found.append(
                Advisory(
                    id=best,
                    aliases=tuple(others),
                    ecosystem=ecosystem,
                    package=package,
                    ranges=tuple(map(_range, affected.split(" | "))),
                    summary=summary,
                    cvss=cvss,
                    refs=tuple(map(_reference, (best, *others))),
                    source=SOURCE,
                )
            )
    return Starter(found, frozenset(row[0].split()[0] for row in ROWS if row[5]))


def _range(text: str) -> Range:
    bounds = _BOUNDS.fullmatch(text)
    assert bounds is not None, text
    introduced, sign, end = (bounds[1] or "").strip(), bounds[2], bounds[3]
    return Range(introduced=introduced, fixed=end) if sign == "<" else Range(introduced=introduced, last_affected=end)


def _reference(name: str) -> str:
    if name.startswith("CVE-"):
        return f"https://nvd.nist.gov/vuln/detail/{name}"
    return f"https://github.com/advisories/{name}" if name.startswith("GHSA-") else f"https://osv.dev/{name}"
