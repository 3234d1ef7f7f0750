"""What to upgrade: packages with a fix, what belongs to them, and what they need. Pure: it is told what is on offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

import msgspec

from seawall.advisories.versions import compare
from seawall.remedies.patch.dpkg_database import Database, Installed
from seawall.remedies.patch.made import NOTHING_NEWER
from seawall.remedies.patch.relations import World, alternatives, hits, holds, met, provided
from seawall.sources.repositories.repository import Entry
from seawall.sources.repositories.stanzas import listed

Offers = Callable[[str], list[Entry]]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A package that gets another version; `old` is None for one that comes anew. `why` is for people."""

    old: Installed | None
    entry: Entry
    why: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The changes, and by package why it is left as it is."""

    changes: tuple[Change, ...] = ()
    left: Mapping[str, str] = {}


class _Refused(Exception):
    def __init__(self, source: str, why: str) -> None:
        super().__init__(why)
        self.source, self.why = source, why


def plan(database: Database, wanted: Mapping[str, str], offers: Offers, refused: Mapping[str, str]) -> Plan:
    """Upgrade what is `wanted`: by package the version of its source that is enough, "" for the newest.

    `refused` are sources that are known not to work, with the reason. Raises Malformed for versions without order.
    """
    refused = dict(refused)
    while True:
        try:
            return _Solver(database, wanted, offers, refused).solve()
        except _Refused as error:
            refused[error.source] = error.why


class _Solver:
    def __init__(
        self, database: Database, wanted: Mapping[str, str], offers: Offers, refused: Mapping[str, str]
    ) -> None:
        self._installed, self._database = database.installed, database
        self._wanted, self._offers, self._refused = wanted, offers, refused
        self._chosen: dict[str, Change] = {}
        self._left: dict[str, str] = {}

    def solve(self) -> Plan:
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

    def _choose(self, package: Installed, enough: str, why: str) -> str:
        """Choose the newest version of a package, with all else that is built from its source; or say why not."""
        best = self._newest(package)
        if best is None:
            return NOTHING_NEWER
        if enough and compare("Debian", best.source_version, enough) < 0:
            return f"its repositories have {best.version} only, and {enough} mends it"
        picked = {package.name: best}
        for other in self._installed.values():
            if other.source == package.source and other.name != package.name:
                same = [e for e in self._offers(other.name) if e.source_version == best.source_version]
                if same and compare("Debian", same[0].version, other.version) > 0:
                    picked[other.name] = same[0]
        for name in picked:
            if self._installed[name].held:
                return f"{name} is held: apt-mark unhold {name}"
            if name in self._database.doubled:
                return f"{name} is installed for more than one architecture"
        for name, entry in picked.items():
            reason = why if name == package.name else f"built from the same source as {package.name}"
            self._chosen.setdefault(name, Change(old=self._installed[name], entry=entry, why=reason))
        return ""

    def _newest(self, package: Installed) -> Entry | None:
        best = None
        for entry in self._offers(package.name):
            foreign = package.arch and entry.arch not in (package.arch, "all") and package.arch != "all"
            if foreign or ("~bpo" in entry.version and "~bpo" not in package.version):
                continue
            if compare("Debian", entry.version, best.version if best else package.version) > 0:
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
                    if not met(text, self._world()) and not self._missing_before(change, text, before):
                        self._need(change, text)
                        changed = True
            for package in self._installed.values():
                if package.name in self._chosen:
                    continue
                for text in package.depends:
                    if met(text, before) and not met(text, self._world()):
                        self._keep_up(package, text)
                        changed = True
                        break

    def _missing_before(self, change: Change, text: str, before: World) -> bool:
        """Whether the old version went without the same thing (distroless images leave out what they do not use)."""
        names = {relation.name for relation in alternatives(text)}
        old = change.old.depends if change.old else ()
        return any({r.name for r in alternatives(each)} == names and not met(each, before) for each in old)

    def _need(self, change: Change, text: str) -> None:
        source = change.entry.source
        for relation in alternatives(text):
            why = f"{change.entry.name} needs {text}"
            package = self._installed.get(relation.name)
            if package and relation.name not in self._chosen and package.source not in self._refused:
                best = self._newest(package)
                if best and holds(relation, best.version) and not self._choose(package, "", why):
                    return
            if not package and relation.name not in self._chosen:
                fits = [e for e in self._offers(relation.name) if holds(relation, e.version)]
                if fits and fits[0].source not in self._refused:
                    best = fits[0]
                    for entry in fits:
                        best = entry if compare("Debian", entry.version, best.version) > 0 else best
                    self._chosen[best.name] = Change(old=None, entry=best, why=why)
                    return
        raise _Refused(source, f"{change.entry.name} {change.entry.version} needs {text}, which cannot be had")

    def _keep_up(self, package: Installed, text: str) -> None:
        why = f"it needs {text}"
        broken = [relation.name for relation in alternatives(text) if relation.name in self._chosen]
        if package.source not in self._refused and not self._choose(package, "", why):
            return
        source = self._chosen[broken[0]].entry.source if broken else package.source
        raise _Refused(source, f"{package.name} {package.version} needs {text}")

    def _world(self, *, final: bool = True) -> World:
        world: dict[str, list[tuple[str, str]]] = {}
        chosen = self._chosen if final else {}
        kept = (each for each in self._installed.values() if each.name not in chosen)
        new = (change.entry for change in chosen.values())
        for each in chain[Installed | Entry](kept, new):
            for name, what in provided(each.name, each.version, each.provides):
                world.setdefault(name, []).append(what)
        return world


def at_odds(plan: Plan, database: Database, controls: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The sources that cannot be upgraded for what Breaks or Conflicts with what, with the reason.

    `controls` has the fields of every new version. Raises Malformed.
    """
    world: dict[str, list[tuple[str, str]]] = {}
    final = {name: package.fields for name, package in database.installed.items()} | dict(controls)
    for name, said in final.items():
        for key, what in provided(name, said.get("version", ""), listed(said.get("provides", ""))):
            world.setdefault(key, []).append(what)
    sources = {change.entry.name: change.entry.source for change in plan.changes}
    found: dict[str, str] = {}
    for name, said in final.items():
        for field in ("breaks", "conflicts"):
            for text in listed(said.get(field, "")):
                for relation in alternatives(text):
                    for other in hits(relation, world):
                        changed = sources.get(name) or sources.get(other)
                        if other != name and changed:
                            found[changed] = f"{name} {said.get('version', '')} {field} {other} ({text})"
    return found


