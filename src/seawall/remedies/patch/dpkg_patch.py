"""A patch with packages of Debian or Ubuntu: planned, fetched and laid out until nothing speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seawall.errors import SeawallError
from seawall.remedies.patch.dpkg_database import Database, Installed
from seawall.remedies.patch.dpkg_layer import DpkgLayer, Refused, Replacement
from seawall.remedies.patch.made import Made
from seawall.remedies.patch.plan import Change, Offers, at_odds, plan, steps
from seawall.remedies.patch.present import Present
from seawall.remedies.patch.relations import DEBIAN
from seawall.safe.limits import Limits
from seawall.sources.repositories.deb_package import DebPackage, read_deb
from seawall.sources.repositories.repository import Entry


def patch_dpkg(
    present: Present,
    database: Database,
    wanted: Mapping[str, str],
    offers: Offers,
    fetch: Callable[[Entry], bytes],
    *,
    allowed: frozenset[str],
    limits: Limits,
) -> Made:
    """Upgrade what is `wanted` (see `plan`). `fetch` gives verified files; `allowed` may leave their scripts unrun.

    Raises SeawallError where a file cannot be had or is not the one that its signed index means.
    """
    refused: dict[str, str] = {}
    taken_apart: dict[str, DebPackage] = {}

    def deb(change: Change[Installed]) -> DebPackage:
        url = change.entry.url
        if url not in taken_apart:
            taken_apart[url] = read_deb(fetch(change.entry), where=url, limits=limits)
        return taken_apart[url]

    while True:
        planned = plan(database.installed, wanted, offers, refused, rules=DEBIAN, doubled=database.doubled)
        replacements = [Replacement(change=change, deb=deb(change)) for change in planned.changes]
        for each in replacements:
            _same(each)
        if odds := at_odds(planned, database, {each.name: each.deb.fields for each in replacements}):
            refused |= odds
            continue
        layer = DpkgLayer(present, database, replacements, limits)
        try:
            layer.unpack(allowed)
        except Refused as error:
            source = next(each.change.source for each in replacements if each.name == error.package)
            refused[source] = f"{error.package}: {error.why}"
            continue
        return Made(steps=steps(planned), left=planned.left, notes=tuple(layer.notes), write=layer.overlay.write)


def _same(each: Replacement) -> None:
    """The package is what its index said. Raises SeawallError."""
    entry, said = each.change.entry, each.deb.fields
    if (said["package"], said["version"]) != (entry.name, entry.version):
        raise SeawallError(f"is {said['package']} {said['version']}, not {entry.name} {entry.version}", where=entry.url)
