"""Brings feeds into the advisory database: from a folder, or from servers with the same layout.

    <Ecosystem>/all.zip   one OSV record a member, as OSV's public bucket has them
    kev.json              CISA's catalogue          epss.csv or epss.csv.gz   FIRST's scores
    Debian/tracker.json, Alpine/secdb/…             the vendors' own feeds, as `vendors.py` lists them

Each source counts by itself: where one fails, what the database held of it stays, and the summary says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from seawall.advisories import epss, fetching, kev
from seawall.advisories.importing import DAMAGED, NAMED, Progress, Run, Summary
from seawall.advisories.store import EPSS, KEV
from seawall.advisories.vendors import addresses, in_folder
from seawall.errors import Unreadable
from seawall.safe.http import Client
from seawall.safe.http_rules import shown
from seawall.safe.limits import DEFAULT, Limits

__all__ = ["DAMAGED", "NAMED", "OSV_URL", "Progress", "Summary", "addresses", "fetch", "import_folder"]

OSV_URL = "https://osv-vulnerabilities.storage.googleapis.com"
"""OSV's public bucket, https://google.github.io/osv.dev/data/#data-dumps."""

_OTHERS = ((KEV, "kev.json"), (EPSS, "epss.csv.gz"), (EPSS, "epss.csv"))


def import_folder(
    root: Path,
    db: Path,
    *,
    now: datetime,
    ecosystems: Sequence[str] | None = None,
    progress: Progress = lambda source, done, total: None,
    limits: Limits = DEFAULT,
) -> Summary:
    """Everything in `root`, or only these ecosystems of it; the database keeps what it has of other sources.

    Raises Unreadable where `root` holds nothing of this layout, DatabaseError where `db` cannot be written, and the
    first failure where every source failed; then `db` is untouched.
    """
    try:
        there = sorted(entry.name for entry in root.iterdir() if (entry / "all.zip").is_file())
    except OSError as error:
        raise Unreadable(f"this folder cannot be read: {error.strerror}", where=str(root)) from None
    others = {source: path for source, name in _OTHERS if (path := root / name).is_file()}
    vendors = in_folder(root, ecosystems)
    if not there and not others and not vendors:
        hint = "it should hold <Ecosystem>/all.zip as OSV publishes them, kev.json, epss.csv.gz"
        raise Unreadable("no advisories here", where=str(root), hint=hint)
    wanted = there if ecosystems is None else ecosystems
    paths = {source: root / source / "all.zip" for source in wanted} | others
    with Run.into(db, now, progress, limits) as run:
        for source, path in paths.items():
            with run.source(source, str(path)):
                run.take(source, path, where=str(path))
        for source, found in vendors.items():
            with run.source(source, str(found[0])):
                run.finish(run.documents(source, ((path, str(path)) for path in found), len(found)), str(found[0]))
    return run.summary()


def fetch(
    base_url: str,
    ecosystems: Sequence[str],
    db: Path,
    *,
    client: Client,
    now: datetime,
    kev_url: str = kev.URL,
    epss_url: str = epss.URL,
    vendors: Mapping[str, Sequence[str]] = {},
    mirrored: bool = False,
    progress: Progress = lambda source, done, total: None,
    limits: Limits = DEFAULT,
) -> Summary:
    """The same from servers; what has not changed since the last time is not sent again. "" leaves out KEV or EPSS.

    `vendors` are the addresses of the vendors' own feeds, by source; a mirror need not have them. Raises
    DatabaseError where `db` cannot be written, and the first failure where every source failed.
    """
    base = base_url.rstrip("/")
    with Run.into(db, now, progress, limits) as run:
        for source in ecosystems:
            with run.source(source, shown(base)):
                fetching.osv(run, source, base, client)
        for source, url in ((KEV, kev_url), (EPSS, epss_url)):
            if url:
                with run.source(source, shown(url)):
                    fetching.whole(run, source, url, client)
        for source, urls in vendors.items():
            with run.source(source, shown(urls[0])):
                fetching.vendor(run, source, urls, client, mirrored=mirrored)
    return run.summary()
