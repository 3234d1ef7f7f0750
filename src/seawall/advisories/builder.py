"""Writes the advisory database: a new file beside the present one, which it replaces in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from seawall.advisories.names import family
from seawall.advisories.store import APPLICATION, EPSS, KEV, SCHEMA, Store, pack, sources_of
from seawall.errors import DatabaseError
from seawall.model.advisory import Advisory, FeedStatus

if TYPE_CHECKING:
    import sqlite3

_TABLES = """
    CREATE TABLE advisory (ecosystem TEXT, name TEXT, id TEXT, source TEXT, row BLOB,
                           PRIMARY KEY (ecosystem, name, id, source)) WITHOUT ROWID;
    CREATE TABLE release (ecosystem TEXT, source TEXT, records INTEGER, packages INTEGER, last TEXT,
                          PRIMARY KEY (ecosystem, source)) WITHOUT ROWID;
    CREATE TABLE feed (source TEXT PRIMARY KEY, status BLOB, url TEXT, etag TEXT, whole TEXT) WITHOUT ROWID;
    CREATE TABLE score (cve TEXT, source TEXT, vector TEXT, PRIMARY KEY (cve, source)) WITHOUT ROWID;
    CREATE TABLE kev (cve TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE epss (cve TEXT PRIMARY KEY, score REAL) WITHOUT ROWID;
"""

_OWN = "source = ?1 AND (ecosystem = ?2 OR (ecosystem >= ?2 || ':' AND ecosystem < ?2 || ';'))"
"""The rows of a source: its own among those of `Debian` and `Debian:…`, a range of the primary key."""


class Builder:
    """Writes the next database beside the present one and puts it in its place when the `with` block ends.

    Sources that the block does not `finish` are taken over as they were; `renew` does so and dates them anew. A block
    that raises, or a process that is killed, leaves the present database as it is. Only one can build at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(os.path.realpath(path))
        self._new = self._path.with_name(f"{self._path.name}.new")
        self.scratch = self._path.with_name(f"{self._path.name}.download")
        """A file for downloads, in the `with` block; gone afterwards."""
        self._feeds: dict[str, tuple[FeedStatus, str, str, str]] = {}
        self._renewed: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Builder:
        """Raises DatabaseError where another process builds, or the folder cannot be written."""
        import sqlite3

        try:
            with ExitStack() as opened:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                opened.enter_context(closing(_lock(self._path)))
                self._begin(opened)
                self._open = opened.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise _unwritable(self._path, error) from None
        return self

    def _begin(self, opened: ExitStack) -> None:
        import sqlite3

        for path in (self._new, self.scratch):
            path.unlink(missing_ok=True)
            opened.callback(path.unlink, missing_ok=True)
        connection = sqlite3.connect(f"{self._new.as_uri()}?mode=rwc", uri=True, isolation_level=None)
        self._connection = opened.enter_context(closing(connection))
        # No journal, no flushing: a file that was not finished is thrown away.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536"):
            self._execute(f"PRAGMA {pragma}")
        self._execute(f"PRAGMA application_id={APPLICATION}")
        self._execute(f"PRAGMA user_version={SCHEMA}")
        self._connection.executescript(_TABLES)
        self.previous, self.lost, self.not_kept = _previous(self._path)
        if self.previous:
            opened.callback(self.previous.close)
            self._execute("ATTACH ? AS old", f"{self._path.as_uri()}?mode=ro&immutable=1")
        self._execute("BEGIN")

    def add(self, advisories: Iterable[Advisory]) -> None:
        """Of one id and package the last one stays."""
        added = tuple(advisories)
        self._insert("advisory", 5, (pack(advisory) for advisory in added))
        self._insert("score", 3, (row for advisory in added for row in _scores(advisory)))

    def add_kev(self, cves: Iterable[str]) -> None:
        self._insert("kev", 1, ((cve,) for cve in cves))

    def add_epss(self, scores: Iterable[tuple[str, float]]) -> None:
        self._insert("epss", 2, scores)

    def finish(self, status: FeedStatus, *, url: str = "", etag: str = "", whole: str = "") -> None:
        """Everything of this source has been added; `whole` is when all of it was last read, "" for just now."""
        self._feeds[status.source] = (status, url, etag, whole or status.imported)

    def keep(self, source: str, without: Iterable[str] = ()) -> None:
        """Copy what the present database has of a source, but for the records with these ids."""
        if source in (KEV, EPSS):
            table = source.lower()
            self._execute(f"INSERT INTO {table} SELECT * FROM old.{table}")  # noqa: S608
            return
        self._execute("INSERT OR REPLACE INTO score SELECT * FROM old.score WHERE source = ?", source)
        copy = f"INSERT OR REPLACE INTO advisory SELECT * FROM old.advisory WHERE {_OWN}"  # noqa: S608
        left_out = list(without)
        if left_out:
            copy += " AND id NOT IN (SELECT value FROM json_each(?3))"
        names = [msgspec.json.encode(left_out).decode()] if left_out else []
        self._execute(copy, source, family(source), *names)

    def records(self, source: str) -> int:
        """How many have been added of a source."""
        query = f"SELECT count(DISTINCT id) FROM advisory WHERE {_OWN}"  # noqa: S608
        ((count,),) = self._connection.execute(query, (source, family(source)))
        return int(count)

    def discard(self, source: str) -> None:
        """Forget what was added of a source that cannot be finished."""
        if source in (KEV, EPSS):
            self._execute(f"DELETE FROM {source.lower()}")  # noqa: S608
        else:
            self._execute("DELETE FROM score WHERE source = ?", source)
            self._execute(f"DELETE FROM advisory WHERE {_OWN}", source, family(source))  # noqa: S608

    def renew(self, source: str, imported: str) -> None:
        """The source has not changed since the present database was built: what is held is as of `imported`."""
        self._renewed[source] = imported

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import sqlite3

        try:
            with self._open:
                if isinstance(error, sqlite3.Error):
                    raise error
                if error is None:
                    arrived = [self.arrived(source) for source in self._feeds]
                    self._take_over()
                    self._complete()
                    self._connection.close()
                    _replace(self._new, self._path)
                    self._forget(arrived)
        except (sqlite3.Error, OSError) as failure:
            raise _unwritable(self._path, failure) from None

    def arrived(self, source: str) -> Path:
        """A folder for what has come of a source until all of it has: it outlives a run that is cut off."""
        return self._path.with_name(f"{self._path.name}.arrived") / quote(source, safe="")

    def _forget(self, arrived: Iterable[Path]) -> None:
        for folder in arrived:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # there is none, or another source's is in it
                folder.parent.rmdir()

    def _take_over(self) -> None:
        """Copy from the present database what was not built anew."""
        for feed in self.previous.status() if self.previous else ():
            if feed.source in self._feeds:
                continue
            self.keep(feed.source)
            query = "SELECT url, etag, whole FROM old.feed WHERE source = ?"
            ((url, etag, whole),) = self._connection.execute(query, (feed.source,))
            renewed = msgspec.structs.replace(feed, imported=self._renewed.get(feed.source, feed.imported))
            self.finish(renewed, url=url, etag=etag, whole=whole)

    def _complete(self) -> None:
        rows = (
            (source, msgspec.msgpack.encode(status), url, etag, whole)
            for source, (status, url, etag, whole) in self._feeds.items()
        )
        self._insert("feed", 5, rows)
        self._execute(
            "INSERT INTO release SELECT ecosystem, source, count(DISTINCT id), count(DISTINCT name), max(name)"
            " FROM advisory GROUP BY ecosystem, source"
        )
        self._execute("COMMIT")

    def _insert(self, table: str, columns: int, rows: Iterable[tuple[Any, ...]]) -> None:
        places = ",".join("?" * columns)
        self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)  # noqa: S608

    def _execute(self, statement: str, *values: str) -> None:
        self._connection.execute(statement, values)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file for a whole database, which takes the place of `path` when the block ends without an error.

    Raises DatabaseError where another process builds, or nothing can be written.
    """
    import sqlite3

    target = Path(os.path.realpath(path))
    new = target.with_name(f"{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(_lock(target)):
            try:
                yield new
                _replace(new, target)
            finally:
                new.unlink(missing_ok=True)
    except (sqlite3.Error, OSError) as error:
        raise _unwritable(target, error) from None


def _scores(advisory: Advisory) -> Iterator[tuple[str, str, str]]:
    """The row of table `score`, where it is clear which CVE the vector is of."""
    cves = [name for name in (advisory.id, *advisory.aliases) if name.startswith("CVE-")]
    if advisory.cvss and len(cves) == 1:
        yield cves[0], advisory.source, advisory.cvss


def _previous(path: Path) -> tuple[Store | None, str, tuple[str, ...]]:
    """The present database, or why it is there and cannot be read, and what it held if that can be told."""
    if not path.exists():
        return None, "", ()
    try:
        return Store.open(path), "", ()
    except DatabaseError as error:
        return None, error.message, sources_of(path)


def _lock(path: Path) -> sqlite3.Connection:
    """Held until it is closed or the process ends: SQLite's own lock on an empty file, which works on every system."""
    import sqlite3

    connection = sqlite3.connect(path.with_name(f"{path.name}.lock"), timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        connection.close()
        if "locked" not in str(error):
            raise
        hint = "wait until it has ended, or name another file with --db"
        raise DatabaseError("another update is writing this database", where=str(path), hint=hint) from None
    return connection


def _replace(new: Path, path: Path) -> None:
    with new.open("r+b") as file:
        os.fsync(file.fileno())
    new.replace(path)
    with suppress(OSError):  # Windows opens no folders
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unwritable(path: Path, error: Exception) -> DatabaseError:
    """`error` may also come from reading the present database."""
    hint = "check the free space and your right to write there; if this file is damaged, delete it; nothing was changed"
    return DatabaseError(f"the advisory database cannot be written: {error}", where=str(path), hint=hint)
