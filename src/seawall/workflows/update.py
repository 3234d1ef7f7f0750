"""The advisory database: imported from a folder, fetched from a server, or described."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from seawall.advisories import update
from seawall.advisories.store import Store
from seawall.errors import DatabaseError
from seawall.model import FeedStatus
from seawall.safe.limits import Limits
from seawall.safe.terminal import printable
from seawall.version import __version__
from seawall.workflows.learned import learned

Say = Callable[[str], None]

ECOSYSTEMS = ("Alpine", "Azure Linux", "Debian", "Go", "Maven", "NuGet", "PyPI", "Ubuntu", "crates.io", "npm")
"""Fetched where none are named and no image was scanned yet: what images that run on AKS are made of."""


def from_folder(
    folder: Path, database: Path, ecosystems: Sequence[str], now: datetime.datetime, limits: Limits, say: Say
) -> tuple[str, int]:
    """Import the bundles below `folder`; returns a table for people and an exit code. Raises SeawallError."""
    summary = update.import_folder(
        folder, database, now=now, ecosystems=ecosystems or None, progress=_progress(say), limits=limits
    )
    return _told(summary, database)


def fetch(
    url: str,
    database: Path,
    ecosystems: Sequence[str],
    now: datetime.datetime,
    limits: Limits,
    say: Say,
    proxies: Mapping[str, str],
    ca_file: str | None,
) -> tuple[str, int]:
    """Download and import what is named, else what the images scanned so far need, else `ECOSYSTEMS`.

    The rest as `from_folder`. A `url` is a mirror of OSV's bucket, with KEV and EPSS and the vendors' feeds in it.
    `proxies` and `ca_file` as `safe.http` has them.
    """
    from seawall.safe.http import Client

    wanted = ecosystems or learned(database) or ECOSYSTEMS
    mirror = url.rstrip("/")
    others = {"kev_url": f"{mirror}/kev.json", "epss_url": f"{mirror}/epss.csv.gz"} if mirror else {}
    with Client(limits, user_agent=f"seawall/{__version__}", proxies=proxies, ca_file=ca_file) as client:
        summary = update.fetch(
            mirror or update.OSV_URL,
            wanted,
            database,
            client=client,
            now=now,
            vendors=update.addresses(wanted, mirror),
            mirrored=bool(mirror),
            progress=_progress(say),
            limits=limits,
            **others,
        )
    return _told(summary, database)


def export(database: Path, to: Path, now: datetime.datetime) -> str:
    """Write the database into one file to carry away; returns what to carry with it. Raises SeawallError."""
    from seawall.advisories import bundle

    digest = bundle.write(database, to, now=now)
    command = f"seawall update --import {to.name} --sha256 {digest}"
    return f"{to}: {_size(to)}\nsha256 {digest}\n\nAt the other site: {command}\n"


def import_bundle(source: Path, database: Path, sha256: str, key: str, now: datetime.datetime, limits: Limits) -> str:
    """Put an exported database in place; returns what it holds. Raises SeawallError."""
    from seawall.advisories import bundle, cosign, minisign

    trust = "" if sha256 else "neither a SHA-256 (--sha256) nor a signature (--key) was compared\n"
    if key:
        verify = cosign.verify if cosign.is_key(key) else minisign.verify
        trust = f"signature holds: {printable(verify(source, key))}\n"
    manifest = bundle.read(source, database, sha256=sha256, limits=limits)
    return status(database, now) + f"exported {manifest.created}\n{trust}"


def status(database: Path, now: datetime.datetime) -> str:
    """What the database holds, a line a source. Raises DatabaseError where there is none."""
    if not os.path.lexists(database):
        raise DatabaseError("there is no advisory database", where=str(database), hint="fetch one: `seawall update`")
    with Store.open(database) as store:
        feeds = store.status()
    lines = [_table(feeds, [_age(feed, now) for feed in feeds])]
    for feed in feeds:
        few = [f"{name} ({count:,})" for name, count in feed.releases.items() if name not in feed.covers]
        if any(":" in name for name in feed.releases):
            lines.append(f"{feed.source} covers {', '.join(feed.covers) or 'no release'}\n")
            lines += [f"  too few records to judge by, or cut off: {', '.join(few)}\n"] if few else []
    return "".join([*lines, f"\n{database}: {_size(database)}\n"])


def _told(summary: update.Summary, database: Path) -> tuple[str, int]:
    """What was done, for people; exit code 2 where a source failed."""
    with Store.open(database) as store:
        feeds = store.status()
    told = {feed.source: "updated" for feed in summary.feeds} | dict.fromkeys(summary.unchanged, "unchanged")
    lines = [_table(feeds, [told.get(feed.source, "kept as it was") for feed in feeds])]
    lines += [f"damaged: {each.where}: {each.why}\n" for each in summary.damaged]
    if summary.lost:
        gone = f"; not in the new one: {', '.join(summary.not_kept)}" if summary.not_kept else ""
        lines.append(f"built anew, for {summary.lost}{gone}\n")
    lines += [f"FAILED: {each.what}: {each.where}: {each.why}\n" for each in summary.failed]
    total = sum(feed.records for feed in feeds)
    lines.append(f"\n{total:,} records in {database} ({_size(database)})\n")
    return "".join(map(str, lines)), 2 if summary.failed else 0


def _table(feeds: Sequence[FeedStatus], notes: Sequence[str]) -> str:
    """A line a source: how many records, how many were left out and why."""
    width = max((len(feed.source) for feed in feeds), default=0)
    lines = [f"{'source':<{width}}  {'records':>9}  {'skipped':>7}"]
    for feed, note in zip(feeds, notes, strict=True):
        why = ", ".join(f"{count} {reason}" for reason, count in feed.reasons.items())
        said = "  ".join(filter(None, (note, why)))
        lines.append(f"{feed.source:<{width}}  {feed.records:>9,}  {feed.skipped:>7,}  {said}".rstrip())
    return "\n".join(lines) + "\n"


def _age(feed: FeedStatus, now: datetime.datetime) -> str:
    days = (now.date() - datetime.date.fromisoformat(feed.imported[:10])).days if feed.imported else -1
    newest = f", newest of {feed.newest[:10]}" if feed.newest else ""
    return (f"{days} days old" if days > 0 else "of today" if days == 0 else "of unknown age") + newest


def _size(database: Path) -> str:
    return f"{database.stat().st_size / (1 << 20):.1f} MiB"


def _progress(say: Say) -> update.Progress:
    return lambda source, done, total: say(f"{source}: {done:,} of {total:,}" if total else f"{source}: fetching")
