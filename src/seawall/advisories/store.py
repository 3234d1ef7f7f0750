"""The advisory database: one SQLite file, read by many processes, replaced whole.

advisory (ecosystem, name, id, source, row)  one row a package that a record affects; `row` is MessagePack
release  (ecosystem, source, records, packages, last)  how many records each ecosystem with its release has, of how many
                                             packages, and the last one's name
feed     (source, status, url, etag, whole)  what was imported of each source, what the server called that version, and
                                             when all of it was last read
score    (cve, source, vector)               the CVSS vectors of all records, by CVE
kev      (cve)                               exploited, says CISA
epss     (cve, score)                        the probability of exploitation, says FIRST
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from seawall.advisories import scoring
from seawall.advisories.names import key
from seawall.errors import DatabaseError
from seawall.model.advisory import Advisory, FeedStatus, Range
from seawall.model.finding import Severity

if TYPE_CHECKING:
    import sqlite3

SCHEMA = 2
"""The version of the tables and of what is in them; a database of another version is not read.

Raise it also when a feed is read in another way: a server that says "unchanged" would keep the old rows for ever."""

APPLICATION = 0x53454157  # "SEAW" in the header of the file

LEAST_RECORDS = 100
"""A release of a distribution with fewer records is not covered: every supported release has many hundreds, and a
handful (OSV's samples of Alpine v3.21: 2) would pass as "nothing found". An ecosystem without releases comes whole or
not at all, and some whole ones are small, so there one record is enough."""

LAST_NAME = "p"
SOME_PACKAGES = 50
"""A release with many packages of which none sorts behind this letter was cut off: every distro has a zlib."""

KEV = "KEV"
EPSS = "EPSS"


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An advisory without its key; "" for an ecosystem or a package that is spelled as the key."""

    ecosystem: str
    package: str
    aliases: tuple[str, ...]
    ranges: tuple[Range, ...]
    versions: tuple[str, ...]
    summary: str
    severity: Severity
    cvss: str
    refs: tuple[str, ...]
    modified: str
    will_not_fix: bool = False
    subscription: bool = False
    modules: tuple[str, ...] = ()


class Store:
    """The database, open for reading. Each process opens its own; the file may be on a read-only volume.

    A file that is replaced while it is open goes on answering as it was.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._exploited: frozenset[str] | None = None
        self._decode = msgspec.msgpack.Decoder(_Row).decode
        status = msgspec.msgpack.Decoder(FeedStatus).decode
        releases: dict[str, dict[str, int]] = {}
        cut_off = set()
        query = "SELECT source, ecosystem, records, packages, last FROM release"
        for source, ecosystem, records, packages, last in self._rows(query):
            releases.setdefault(source, {})[ecosystem] = records
            if ":" in ecosystem and packages >= SOME_PACKAGES and last < LAST_NAME:
                cut_off.add((source, ecosystem))
        feeds = [status(blob) for (blob,) in self._rows("SELECT status FROM feed ORDER BY source")]
        self._feeds = tuple(_with_releases(feed, releases.get(feed.source, {}), cut_off) for feed in feeds)
        self._covered = frozenset(name for feed in self._feeds for name in feed.covers)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Raises DatabaseError where the database is missing, damaged or of another version."""
        import sqlite3

        try:
            if not path.is_file():
                raise _unusable(path, "there is no advisory database")
            # immutable: no locks and no side files, so that a read-only volume serves many processes
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except (sqlite3.Error, OSError) as error:
            raise unreadable(path, error) from None
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION:
                raise _unusable(path, "this file is no advisory database")
            if schema != SCHEMA:
                raise _unusable(path, f"this advisory database is of version {schema}, not {SCHEMA} as is read here")
            return cls(connection, path)
        except (sqlite3.Error, msgspec.MsgspecError) as error:
            connection.close()
            raise unreadable(path, error) from None
        except DatabaseError:
            connection.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def lookup(self, ecosystem: str, name: str) -> tuple[Advisory, ...]:
        """Every advisory of a package, in the order of their ids; `names.key` says which spellings meet.

        Of one id that several sources have, the vendor's own record counts (`names.OVERLAYS`).
        An npm name in capitals (`JSONStream`) is a package of its own, so only advisories that spell it so hit it.
        """
        ecosystem, folded = key(ecosystem, name)
        query = "SELECT id, source, row FROM advisory WHERE ecosystem = ? AND name = ? ORDER BY id, source"
        rows = {identity: (source, blob) for identity, source, blob in self._rows(query, ecosystem, folded)}
        try:
            found = tuple(
                _unpack((ecosystem, folded, identity, source), self._decode(blob))
                for identity, (source, blob) in rows.items()
            )
        except msgspec.MsgspecError as error:
            raise unreadable(self._path, error) from None
        exact = ecosystem == "npm" and name != folded
        return tuple(advisory for advisory in found if advisory.package == name) if exact else found

    def covers(self, ecosystem: str) -> bool:
        """Whether there are enough records of `ecosystem`, with its release (`Debian:12`), to call silence safe.

        The sources `KEV` and `EPSS` are asked for by these names.
        """
        return key(ecosystem, "")[0] in self._covered

    def exploited(self, cve: str) -> bool:
        """Whether the CVE is in CISA's catalogue; always False where `covers("KEV")` is."""
        if self._exploited is None:
            self._exploited = frozenset(name for (name,) in self._rows("SELECT cve FROM kev"))
        return cve in self._exploited

    def epss(self, cve: str) -> float | None:
        """The probability, 0 to 1, of exploitation in the next 30 days; None where FIRST has no score."""
        rows = self._rows("SELECT score FROM epss WHERE cve = ?", cve)
        return float(rows[0][0]) if rows else None

    def vector(self, cve: str) -> tuple[str, str] | None:
        """The CVSS vector that any source gives the CVE, of the newest version of CVSS, and the source."""
        rows = self._rows("SELECT vector, source FROM score WHERE cve = ? ORDER BY source", cve)
        return max(rows, key=lambda row: scoring.generation(row[0]), default=None)

    def status(self) -> tuple[FeedStatus, ...]:
        """What the database holds, one a source, in the order of their names."""
        return self._feeds

    def etag(self, source: str, url: str) -> str:
        """What the server at `url` called the version of `source` that is held; "" where it is of another origin."""
        rows = self._rows("SELECT etag FROM feed WHERE source = ? AND url = ?", source, url)
        return str(rows[0][0]) if rows else ""

    def whole(self, source: str, url: str) -> str:
        """When all of `source` was last read from `url`, an ISO 8601 time; "" for never."""
        rows = self._rows("SELECT whole FROM feed WHERE source = ? AND url = ?", source, url)
        return str(rows[0][0]) if rows else ""

    def ids(self, source: str) -> frozenset[str]:
        """The ids of all records of `source`."""
        rows = self._rows("SELECT DISTINCT id FROM advisory WHERE source = ?", source)
        return frozenset(name for (name,) in rows)

    def modified(self, source: str, ids: Iterable[str]) -> dict[str, str]:
        """When each of these records of `source` was modified, by id, as the record says; without those not held."""
        names = msgspec.json.encode(list(ids)).decode()
        query = "SELECT id, row FROM advisory WHERE source = ? AND id IN (SELECT value FROM json_each(?))"
        return {identity: self._decode(blob).modified for identity, blob in self._rows(query, source, names)}

    def _rows(self, query: str, *values: str) -> list[Any]:
        import sqlite3

        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise unreadable(self._path, error) from None


def sources_of(path: Path) -> tuple[str, ...]:
    """The names of the sources in a database of any version; nothing where not even that can be read."""
    import sqlite3

    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return tuple(str(source) for (source,) in connection.execute("SELECT source FROM feed ORDER BY source"))
    except sqlite3.Error:
        return ()


def pack(advisory: Advisory) -> tuple[str, str, str, str, bytes]:
    """The row of table `advisory`."""
    ecosystem, name = key(advisory.ecosystem, advisory.package)
    row = _Row(
        ecosystem=advisory.ecosystem if advisory.ecosystem != ecosystem else "",
        package=advisory.package if advisory.package != name else "",
        aliases=advisory.aliases,
        ranges=advisory.ranges,
        versions=advisory.versions,
        summary=advisory.summary,
        severity=advisory.severity,
        cvss=advisory.cvss,
        refs=advisory.refs,
        modified=advisory.modified,
        will_not_fix=advisory.will_not_fix,
        subscription=advisory.subscription,
        modules=advisory.modules,
    )
    return ecosystem, name, advisory.id, advisory.source, msgspec.msgpack.encode(row)


def _unpack(row_key: tuple[str, str, str, str], row: _Row) -> Advisory:
    ecosystem, name, identity, source = row_key
    return Advisory(
        id=identity,
        aliases=row.aliases,
        ecosystem=row.ecosystem or ecosystem,
        package=row.package or name,
        ranges=row.ranges,
        versions=row.versions,
        summary=row.summary,
        severity=row.severity,
        cvss=row.cvss,
        refs=row.refs,
        source=source,
        modified=row.modified,
        will_not_fix=row.will_not_fix,
        subscription=row.subscription,
        modules=row.modules,
    )


def _with_releases(feed: FeedStatus, releases: dict[str, int], cut_off: Collection[tuple[str, str]]) -> FeedStatus:
    if feed.source in (KEV, EPSS):
        return msgspec.structs.replace(feed, covers=(feed.source,) if feed.records else ())
    covers = tuple(
        name
        for name, records in releases.items()
        if records >= (LEAST_RECORDS if ":" in name else 1) and (feed.source, name) not in cut_off
    )
    return msgspec.structs.replace(feed, covers=covers, releases=releases)


def unreadable(path: Path, error: Exception) -> DatabaseError:
    """The error for a file that SQLite cannot read."""
    hint = "delete this file, then fetch a new one with: seawall update"
    return DatabaseError(f"the advisory database cannot be read: {error}", where=str(path), hint=hint)


def _unusable(path: Path, message: str) -> DatabaseError:
    return DatabaseError(message, where=str(path), hint="fetch one with: seawall update")
