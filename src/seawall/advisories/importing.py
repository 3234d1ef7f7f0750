"""One update under way: files of every kind of source into the next database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from seawall.advisories import epss, kev, osv
from seawall.advisories.builder import Builder
from seawall.advisories.feed import Skipped
from seawall.advisories.store import EPSS, KEV
from seawall.advisories.vendors import VENDORS
from seawall.errors import InputError, LimitExceeded, Malformed, SeawallError, Unreadable
from seawall.model.advisory import Advisory, FeedStatus
from seawall.model.location import NotAssessed
from seawall.safe import files
from seawall.safe.limits import Limits
from seawall.safe.zip import Zip

DAMAGED = "damaged or of the wrong shape"
NAMED = 20
"""Damaged records of one source that are named one by one; the others are counted."""

_OF_ALL = ("zip_total_bytes", "compression_ratio")
"""Bounds of a whole bundle; a record that breaks another one is left out alone."""

_STEP = 500

WHOLE_AGAIN = timedelta(days=7)
"""After this long a bundle is read whole: a record that is gone from the server is in no list of changes."""

Document = tuple[Path | bytes, str]
"""A vendor's document, or the file that holds it, and where it came from."""

Progress = Callable[[str, int, int], None]
"""Takes the source, how many of its records are read, and how many there are: 0 of 0 at the beginning."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What an update did. `records` and `skipped` of a feed add up to what its source holds.

    `unchanged` sources are as they were on the server; of `failed` ones the database still has what it had.
    `damaged` names records that could not be read, at most `NAMED` a source. `lost` says why nothing of the database
    that was there could be kept, "" where it was; `not_kept` are its sources that are not in the new one.
    """

    feeds: tuple[FeedStatus, ...]
    unchanged: tuple[str, ...] = ()
    failed: tuple[NotAssessed, ...] = ()
    damaged: tuple[NotAssessed, ...] = ()
    lost: str = ""
    not_kept: tuple[str, ...] = ()


class Run:
    """Each source counts by itself: where one fails, what the database held of it stays."""

    def __init__(self, builder: Builder, now: datetime, progress: Progress, limits: Limits) -> None:
        self.builder = builder
        self.limits = limits
        self.now = now.astimezone(UTC)
        self._imported = iso(now)
        self._progress = progress
        self._feeds: list[FeedStatus] = []
        self._unchanged: list[str] = []
        self._failed: list[NotAssessed] = []
        self._damaged: list[NotAssessed] = []
        self._first_failure: SeawallError | None = None

    @classmethod
    @contextmanager
    def into(cls, db: Path, now: datetime, progress: Progress, limits: Limits) -> Iterator[Run]:
        """Raises DatabaseError, and the first failure where every source failed."""
        with Builder(db) as builder:
            run = cls(builder, now, progress, limits)
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
            self.builder.discard(source)
            what = f"advisories of {source}"
            self._failed.append(NotAssessed(what=what, where=error.where or where, why=error.message))
            self._first_failure = self._first_failure or error

    def unchanged(self, source: str) -> None:
        """What the database has of the source is what the server has."""
        self.builder.renew(source, self._imported)
        self._unchanged.append(source)

    def take(self, source: str, path: Path, *, where: str, etag: str = "") -> None:
        """The bundle, catalogue or table at `path`, which came from `where`. Raises where nothing of it can be used."""
        reader = {KEV: self._kev, EPSS: self._epss}.get(source, self._bundle)
        self.finish(reader(source, path, where), where, etag)

    def finish(self, status: FeedStatus, where: str, etag: str = "", whole: str = "") -> None:
        if not status.records:
            raise Malformed("nothing in it can be used", where=where)
        self.builder.finish(status, url=where, etag=etag, whole=whole)
        self._feeds.append(status)

    def documents(self, source: str, documents: Iterable[Document], total: int) -> FeedStatus:
        """A vendor's feed: its documents, and where each came from. One that cannot be read is named, others count."""
        reasons: Counter[str] = Counter()
        newest, records = "", 0
        for done, (document, where) in enumerate(documents, 1):
            limit = "xml_bytes" if where.endswith(".xml") else "json_bytes"
            try:
                data = (
                    document if isinstance(document, bytes) else files.read(document, limit=limit, limits=self.limits)
                )
                for found in VENDORS[source].reader(data, source=source, where=where, limits=self.limits):
                    records += self._count(found, reasons)
                    if isinstance(found, tuple):
                        newest = max([newest, *(self._past(advisory.modified) for advisory in found[:1])])
            except InputError as error:
                self._damage(source, error, reasons)
            self._progress(source, done, total)
        return self._status(source, records, reasons, newest)

    def revised(self, source: str, documents: Iterable[Document], total: int, without: Collection[str]) -> FeedStatus:
        """What the database has of a vendor's feed, without the records of these ids, with those of the documents."""
        before = self._before(source)
        self.builder.keep(source, without=without)
        added = self.documents(source, documents, total)
        records, newest = self.builder.records(source), max(before.newest, added.newest)
        return msgspec.structs.replace(before, records=records, imported=self._imported, newest=newest)

    def _before(self, source: str) -> FeedStatus:
        assert self.builder.previous is not None
        return next(feed for feed in self.builder.previous.status() if feed.source == source)

    def _count(self, found: tuple[Advisory, ...] | Skipped, reasons: Counter[str]) -> int:
        """1 for what is added, 0 for what is skipped."""
        if isinstance(found, Skipped):
            reasons[found.value] += 1
            return 0
        self.builder.add(found)
        return 1

    def changed(self, source: str, records: Mapping[str, bytes], where: str, gone: Iterable[str]) -> FeedStatus:
        """What the database has of an OSV source, with these records in the place of those of the same ids."""
        before = self._before(source)
        self.builder.keep(source, without=[*records, *gone])
        reasons: Counter[str] = Counter()
        newest = before.newest
        for name, data in records.items():
            found = self._record(data, source, f"{where}!/{name}.json", reasons)
            newest = max([newest, *(self._past(advisory.modified) for advisory in found[:1])])
            self.builder.add(found)
        return msgspec.structs.replace(
            before, records=self.builder.records(source), imported=self._imported, newest=newest
        )

    def _bundle(self, source: str, path: Path, where: str) -> FeedStatus:
        reasons: Counter[str] = Counter()
        newest = ""
        with Zip(path, where=where, limits=self.limits) as archive:
            total = len(archive.names)
            for done, name in enumerate(archive.names, 1):
                found = self._member(archive, name, source, reasons)
                self.builder.add(found)
                newest = max([newest, *(self._past(advisory.modified) for advisory in found[:1])])
                if done % _STEP == 0 or done == total:
                    self._progress(source, done, total)
        return self._status(source, total - reasons.total(), reasons, newest)

    def _member(self, archive: Zip, name: str, source: str, reasons: Counter[str]) -> tuple[Advisory, ...]:
        try:
            data = archive.read(name)
        except InputError as error:
            if isinstance(error, LimitExceeded) and error.limit in _OF_ALL:
                raise
            self._damage(source, error, reasons)
            return ()
        return self._record(data, source, f"{archive.where}!/{name}", reasons)

    def _record(self, data: bytes, source: str, where: str, reasons: Counter[str]) -> tuple[Advisory, ...]:
        try:
            found = osv.read(data, source=source, where=where, limits=self.limits)
        except InputError as error:
            self._damage(source, error, reasons)
            return ()
        if isinstance(found, Skipped):
            reasons[found.value] += 1
            return ()
        return found

    def _damage(self, source: str, error: InputError, reasons: Counter[str]) -> None:
        reasons[DAMAGED] += 1
        if reasons[DAMAGED] <= NAMED:
            self._damaged.append(NotAssessed(what=f"advisory of {source}", where=error.where, why=error.message))

    def _kev(self, source: str, path: Path, where: str) -> FeedStatus:
        catalogue = kev.read(files.read(path, limits=self.limits), where=where, limits=self.limits)
        self.builder.add_kev(catalogue.cves)
        return self._status(source, len(catalogue.cves), Counter(), self._past(catalogue.date_released))

    def _epss(self, source: str, path: Path, where: str) -> FeedStatus:
        from seawall.safe.compression import open_stream

        with path.open("rb") as raw:
            scores = epss.Scores(open_stream(raw, where=where, limits=self.limits), where=where)
            self.builder.add_epss(scores)
        reasons = Counter({DAMAGED: scores.skipped} if scores.skipped else {})
        return self._status(source, scores.rows, reasons, self._past(scores.date))

    def _status(self, source: str, records: int, reasons: Counter[str], newest: str) -> FeedStatus:
        return FeedStatus(
            source=source,
            records=records,
            skipped=reasons.total(),
            imported=self._imported,
            newest=newest,
            reasons=reasons,
        )

    def _past(self, time: str) -> str:
        """A source's time to the second; "" for none, and for one in the future (PYSEC has some of 2027).

        A time to come would make old data look fresh for ever.
        """
        at = moment(time)
        return iso(at) if at and at <= self.now else ""

    def summary(self) -> Summary:
        return Summary(
            feeds=tuple(self._feeds),
            unchanged=tuple(self._unchanged),
            failed=tuple(self._failed),
            damaged=tuple(self._damaged),
            lost=self.builder.lost,
            not_kept=tuple(sorted(set(self.builder.not_kept) - {feed.source for feed in self._feeds})),
        )


def moment(time: str) -> datetime | None:
    """An ISO 8601 time, UTC where it does not say; None for what is none."""
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
