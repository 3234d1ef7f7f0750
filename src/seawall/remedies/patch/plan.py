"""What to upgrade: packages with a fix, what belongs to them, and what they need. Pure: it is told what is on offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Generic, Protocol, TypeVar

import msgspec

from seawall.advisories.versions import compare
from seawall.remedies.patch.dpkg_database import Database, Installed
from seawall.remedies.patch.made import NOTHING_NEWER, Step
from seawall.remedies.patch.relations import DEBIAN, Rules, World
from seawall.sources.repositories.repository import Entry
from seawall.sources.repositories.stanzas import listed

Offers = Callable[[str], list[Entry]]


class Known(Protocol):
    """An installed package, of whatever kind. `conffiles` are digests of its configuration as shipped, by path."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def arch(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def held(self) -> bool: ...
    @property
    def depends(self) -> tuple[str, ...]: ...
    @property
    def provides(self) -> tuple[str, ...]: ...


K = TypeVar("K", bound=Known)


class Change(msgspec.Struct, Generic[K], frozen=True, kw_only=True):
    """A package that gets another version; `old` is None for one that comes anew. `why` is for people."""

    old: K | None
    entry: Entry
    why: str

    @property
    def source(self) -> str:
        """By what it is refused with its kin: its source as it is installed."""
        return self.old.source if self.old else self.entry.source


class Plan(msgspec.Struct, Generic[K], frozen=True, kw_only=True):
    """The changes, and by package why it is left as it is."""

    changes: tuple[Change[K], ...] = ()
    left: Mapping[str, str] = {}


def steps(planned: Plan[K]) -> tuple[Step, ...]:
    """The changes for people and for records."""
    return tuple(
        Step(
            name=change.entry.name,
            before=change.old.version if change.old else "",
            after=change.entry.version,
            arch=change.entry.arch,
            why=change.why,
            url=change.entry.url,
            digest=change.entry.digest,
            repository=change.entry.repository,
        )
        for change in planned.changes
    )


class _Refused(Exception):
    def __init__(self, source: str, why: str) -> None:
        super().__init__(why)
        self.source, self.why = source, why


def plan(
    installed: Mapping[str, K],
    wanted: Mapping[str, str],
    offers: Offers,
    refused: Mapping[str, str],
    *,
    rules: Rules,
    doubled: frozenset[str] = frozenset(),
) -> Plan[K]:
    """Upgrade what is `wanted`: by package the version of its source that is enough, "" for the newest.

    `refused` are sources that are known not to work, with the reason; `doubled` are installed for two architectures.
    Raises Malformed for versions without order.
    """
    refused = dict(refused)
    while True:
        try:
            return _Solver(installed, wanted, offers, refused, rules, doubled).solve()
        except _Refused as error:
            if error.source in refused:  # refusing it did not help: what it is about cannot be told, so nothing is done
                refused |= {package.source: error.why for package in installed.values()}
            refused[error.source] = error.why


class _Solver(Generic[K]):
    def __init__(
        self,
        installed: Mapping[str, K],
        wanted: Mapping[str, str],
        offers: Offers,
        refused: Mapping[str, str],
        rules: Rules,
        doubled: frozenset[str],
    ) -> None:
        self._installed, self._rules, self._doubled = installed, rules, doubled
        self._wanted, self._offers, self._refused = wanted, offers, refused
        self._chosen: dict[str, Change[K]] = {}
        self._left: dict[str, str] = {}

    def solve(self) -> Plan[K]:
        for name, enough in sorted(self._wanted.items()):
            if name in self._chosen:
                continue
            package = self._installed[name]
            reason = "it has known flaws" if enough else "asked for"
            if why := self._refused.get(package.source) or self._choose(package, enough, reason):
                self._left[name] = why
        self._close()
        changes = sorted(self._chosen.values(), key=lambda change: change.entry.name)
        return Plan(changes=tuple(changes), left=self._left)

    def _choose(self, package: K, enough: str, why: str) -> str:
        """Choose the newest version of a package, with all else that is built from its source; or say why not."""
        best = self._newest(package)
        if best is None:
            return NOTHING_NEWER
        if enough and self._compare(best.source_version, enough) < 0:
            return f"its repositories have {best.version} only, and {enough} mends it"
        picked = {package.name: best}
        for other in self._installed.values():
            if other.source == package.source and other.name != package.name:
                same = [e for e in self._offers(other.name) if e.source_version == best.source_version]
                if same and self._compare(same[0].version, other.version) > 0:
                    picked[other.name] = same[0]
        for name in picked:
            if self._installed[name].held:
                return f"{name} is held: apt-mark unhold {name}"
            if name in self._doubled:
                return f"{name} is installed for more than one architecture"
        for name, entry in picked.items():
            reason = why if name == package.name else f"built from the same source as {package.name}"
            self._chosen.setdefault(name, Change(old=self._installed[name], entry=entry, why=reason))
        return ""

    def _newest(self, package: K) -> Entry | None:
        best = None
        for entry in self._offers(package.name):
            foreign = package.arch and entry.arch not in (package.arch, "all") and package.arch != "all"
            if foreign or ("~bpo" in entry.version and "~bpo" not in package.version):
                continue
            if self._compare(entry.version, best.version if best else package.version) > 0:
                best = entry
        return best

    def _close(self) -> None:
        """Add what is needed until nothing is missing. Raises _Refused for a source that cannot be helped."""
        before = self._world(final=False)
        changed = True
        while changed:
            changed = False
            for change in list(self._chosen.values()):
                for text in (*change.entry.pre_depends, *change.entry.depends):
                    if not self._rules.met(text, self._world()) and not self._missing_before(change, text, before):
                        self._need(change, text)
                        changed = True
            for package in self._installed.values():
                if package.name in self._chosen:
                    continue
                for text in package.depends:
                    if self._rules.met(text, before) and not self._rules.met(text, self._world()):
                        self._keep_up(package, text)
                        changed = True
                        break

    def _missing_before(self, change: Change[K], text: str, before: World) -> bool:
        """Whether the old version went without the same thing (distroless images leave out what they do not use)."""
        names = {relation.name for relation in self._rules.parse(text)}
        old = change.old.depends if change.old else ()
        return any(
            {r.name for r in self._rules.parse(each)} == names and not self._rules.met(each, before) for each in old
        )

    def _need(self, change: Change[K], text: str) -> None:
        source = change.source
        for relation in self._rules.parse(text):
            why = f"{change.entry.name} needs {text}"
            package = self._installed.get(relation.name)
            if package and relation.name not in self._chosen and package.source not in self._refused:
                best = self._newest(package)
                if best and self._rules.holds(relation, best.version) and not self._choose(package, "", why):
                    return
            if not package and relation.name not in self._chosen:
                fits = [e for e in self._offers(relation.name) if self._rules.holds(relation, e.version)]
                if fits and fits[0].source not in self._refused:
                    best = fits[0]
                    for entry in fits:
                        best = entry if self._compare(entry.version, best.version) > 0 else best
                    self._chosen[best.name] = Change(old=None, entry=best, why=why)
                    return
        raise _Refused(source, f"{change.entry.name} {change.entry.version} needs {text}, which cannot be had")

    def _keep_up(self, package: K, text: str) -> None:
        why = f"it needs {text}"
        before = self._world(final=False)
        met = (name for relation in self._rules.parse(text) for name in self._rules.hits(relation, before))
        broken = [name for name in met if name in self._chosen]
        if package.source not in self._refused and not self._choose(package, "", why):
            return
        source = self._chosen[broken[0]].source if broken else package.source
        raise _Refused(source, f"{package.name} {package.version} needs {text}")

    def _compare(self, one: str, two: str) -> int:
        return compare(self._rules.ecosystem, one, two)

    def _world(self, *, final: bool = True) -> World:
        world: dict[str, list[tuple[str, str]]] = {}
        chosen = self._chosen if final else {}
        kept = (each for each in self._installed.values() if each.name not in chosen)
        new = (change.entry for change in chosen.values())
        for each in chain[K | Entry](kept, new):
            for name, what in self._rules.provided(each.name, each.version, each.provides):
                world.setdefault(name, []).append(what)
        return world


def at_odds(plan: Plan[Installed], database: Database, controls: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The sources that cannot be upgraded for what Breaks or Conflicts with what, with the reason.

    `controls` has the fields of every new version. Raises Malformed.
    """
    world: dict[str, list[tuple[str, str]]] = {}
    final = {name: package.fields for name, package in database.installed.items()} | dict(controls)
    for name, said in final.items():
        for key, what in DEBIAN.provided(name, said.get("version", ""), listed(said.get("provides", ""))):
            world.setdefault(key, []).append(what)
    sources = {change.entry.name: change.source for change in plan.changes}
    found: dict[str, str] = {}
    for name, said in final.items():
        for field in ("breaks", "conflicts"):
            for text in listed(said.get(field, "")):
                for relation in DEBIAN.parse(text):
                    for other in DEBIAN.hits(relation, world):
                        changed = sources.get(name) or sources.get(other)
                        if other != name and changed:
                            found[changed] = f"{name} {said.get('version', '')} {field} {other} ({text})"
    return found
