"""Brings feeds into the advisory database: from a folder, or from servers with the same layout.

    <Ecosystem>/all.zip   one OSV record a member, as OSV's public bucket has them
    kev.json              CISA's catalogue          epss.csv or epss.csv.gz   FIRST's scores

Each source counts by itself: where one fails, what the database held of it stays, and the summary says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from seawall.advisories import epss, kev, osv
from seawall.advisories.builder import Builder
from seawall.advisories.store import EPSS, KEV
from seawall.errors import InputError, LimitExceeded, Malformed, SeawallError, Unreadable
from seawall.model.advisory import Advisory, FeedStatus
from seawall.model.location import NotAssessed
from seawall.safe import files
from seawall.safe.http import Client
from seawall.safe.http_rules import shown
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.zip import Zip

OSV_URL = "https://osv-vulnerabilities.storage.googleapis.com"
"""OSV's public bucket, https://google.github.io/osv.dev/data/#data-dumps."""

DAMAGED = "damaged or of the wrong shape"
NAMED = 20
"""Damaged records of one source that are named one by one; the others are counted."""

_OF_ALL = ("zip_total_bytes", "compression_ratio")
"""Bounds of a whole bundle; a record that breaks another one is left out alone."""

_STEP = 500

Progress = Callable[[str, int, int], None]
"""Takes the source, how many of its records are read, and how many there are: 0 of 0 at the beginning."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What an update did. `records` and `skipped` of a feed add up to what its source holds.

    `unchanged` sources are as they were on the server; of `failed` ones the database still has what it had.
    `damaged` names records that could not be read, at most `NAMED` a source.
    """

    feeds: tuple[FeedStatus, ...]
    unchanged: tuple[str, ...] = ()
    failed: tuple[NotAssessed, ...] = ()
    damaged: tuple[NotAssessed, ...] = ()


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
    if not there and not others:
        hint = "it should hold <Ecosystem>/all.zip as OSV publishes them, kev.json, epss.csv.gz"
        raise Unreadable("no advisories here", where=str(root), hint=hint)
    wanted = there if ecosystems is None else ecosystems
    paths = {source: root / source / "all.zip" for source in wanted} | others
    with _Run.into(db, now, progress, limits) as run:
        for source, path in paths.items():
            with run.source(source, str(path)):
                run.take(source, path, where=str(path))
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
    progress: Progress = lambda source, done, total: None,
    limits: Limits = DEFAULT,
) -> Summary:
    """The same from servers; what has not changed since the last time is not sent again. "" leaves out KEV or EPSS.

    Raises DatabaseError where `db` cannot be written, and the first failure where every source failed.
    """
    base = base_url.rstrip("/")
    urls = [(source, f"{base}/{quote(source, safe='')}/all.zip") for source in ecosystems]
    urls += [(source, url) for source, url in ((KEV, kev_url), (EPSS, epss_url)) if url]
    with _Run.into(db, now, progress, limits) as run:
        for source, url in urls:
            with run.source(source, shown(url)):
                run.download(source, url, client)
    return run.summary()


_OTHERS = ((KEV, "kev.json"), (EPSS, "epss.csv.gz"), (EPSS, "epss.csv"))


class _Run:
    """One update under way."""

    def __init__(self, builder: Builder, now: datetime, progress: Progress, limits: Limits) -> None:
        self._builder = builder
        self._now = now.astimezone(UTC)
        self._imported = _iso(now)
        self._progress = progress
        self._limits = limits
        self._feeds: list[FeedStatus] = []
        self._unchanged: list[str] = []
        self._failed: list[NotAssessed] = []
        self._damaged: list[NotAssessed] = []
        self._first_failure: SeawallError | None = None

    @classmethod
    @contextmanager
    def into(cls, db: Path, now: datetime, progress: Progress, limits: Limits) -> Iterator[_Run]:
        with Builder(db) as builder:
            run = cls(builder, now, progress, limits)
            if builder.lost:
                run._failed.append(NotAssessed(what="advisory database", where=str(db), why=builder.lost))
            yield run
            if run._first_failure and not run._feeds and not run._unchanged:
                raise run._first_failure

    @contextmanager
    def source(self, source: str, where: str) -> Iterator[None]:
        """A failure inside is that of this source alone."""
        self._progress(source, 0, 0)
        try:
            yield
        except (SeawallError, OSError) as failure:
            error = failure if isinstance(failure, SeawallError) else Unreadable(str(failure.strerror), where=where)
            self._builder.discard(source)
            what = f"advisories of {source}"
            self._failed.append(NotAssessed(what=what, where=error.where or where, why=error.message))
            self._first_failure = self._first_failure or error

    def download(self, source: str, url: str, client: Client) -> None:
        where = shown(url)
        etag = self._builder.previous.etag(source, where) if self._builder.previous else ""
        path = self._builder.scratch
        with path.open("w+b") as file, client.download(url, file, etag=etag) as response:
            unchanged, etag = response.status == 304, response.headers.get("ETag", "")
        if unchanged:
            self._builder.renew(source, self._imported)
            self._unchanged.append(source)
        else:
            self.take(source, path, where=where, etag=etag)

    def take(self, source: str, path: Path, *, where: str, etag: str = "") -> None:
        """The file at `path`, which came from `where`. Raises where nothing of it can be used."""
        reader = {KEV: self._kev, EPSS: self._epss}.get(source, self._bundle)
        status = reader(source, path, where)
        if not status.records:
            raise Malformed("nothing in it can be used", where=where)
        self._builder.finish(status, url=where, etag=etag)
        self._feeds.append(status)

    def _bundle(self, source: str, path: Path, where: str) -> FeedStatus:
        reasons: Counter[str] = Counter()
        newest = ""
        with Zip(path, where=where, limits=self._limits) as archive:
            total = len(archive.names)
            for done, name in enumerate(archive.names, 1):
                found = self._record(archive, name, source, reasons)
                self._builder.add(found)
                newest = max([newest, *(self._past(advisory.modified) for advisory in found[:1])])
                if done % _STEP == 0 or done == total:
                    self._progress(source, done, total)
        skipped = reasons.total()
        return FeedStatus(
            source=source,
            records=total - skipped,
            skipped=skipped,
            imported=self._imported,
            newest=newest,
            reasons=reasons,
        )

    def _record(self, archive: Zip, name: str, source: str, reasons: Counter[str]) -> tuple[Advisory, ...]:
        try:
            where = f"{archive.where}!/{name}"
            found = osv.read(archive.read(name), source=source, where=where, limits=self._limits)
        except InputError as error:
            if isinstance(error, LimitExceeded) and error.limit in _OF_ALL:
                raise
            reasons[DAMAGED] += 1
            if reasons[DAMAGED] <= NAMED:
                self._damaged.append(NotAssessed(what=f"advisory of {source}", where=error.where, why=error.message))
            return ()
        if isinstance(found, osv.Skipped):
            reasons[found.value] += 1
            return ()
        return found

    def _kev(self, source: str, path: Path, where: str) -> FeedStatus:
        catalogue = kev.read(files.read(path, limits=self._limits), where=where, limits=self._limits)
        self._builder.add_kev(catalogue.cves)
        newest = self._past(catalogue.date_released)
        return FeedStatus(source=source, records=len(catalogue.cves), imported=self._imported, newest=newest)

    def _epss(self, source: str, path: Path, where: str) -> FeedStatus:
        from seawall.safe.compression import open_stream

        with path.open("rb") as raw:
            scores = epss.Scores(open_stream(raw, where=where, limits=self._limits), where=where)
            self._builder.add_epss(scores)
        newest = self._past(scores.date)
        reasons = {DAMAGED: scores.skipped} if scores.skipped else {}
        return FeedStatus(
            source=source,
            records=scores.rows,
            skipped=scores.skipped,
            imported=self._imported,
            newest=newest,
            reasons=reasons,
        )

    def _past(self, time: str) -> str:
        """A source's time to the second; "" for none, and for one in the future (PYSEC has some of 2027).

        A time to come would make old data look fresh for ever.
        """
        try:
            at = datetime.fromisoformat(time)
        except ValueError:
            return ""
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return _iso(at) if at <= self._now else ""

    def summary(self) -> Summary:
        return Summary(
            feeds=tuple(self._feeds),
            unchanged=tuple(self._unchanged),
            failed=tuple(self._failed),
            damaged=tuple(self._damaged),
        )


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
