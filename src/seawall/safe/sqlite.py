"""SQLite databases from images, opened in memory and read-only, bounded in work; nothing in them is ever run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seawall.errors import LimitExceeded, Malformed
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    import sqlite3

_MAGIC = b"SQLite format 3\0"
_STEPS = 1000  # instructions between two looks at the bound


def column(data: bytes, table: str, name: str, *, where: str, limits: Limits = DEFAULT) -> Iterator[Any]:
    """The values of one column of an ordinary table, in the order of its rows.

    Views, virtual tables and functions are refused, so that a hostile schema computes nothing. A database in the mode
    of the write-ahead log is read without its log. Raises Malformed, or LimitExceeded.
    """
    import sqlite3

    if not data.startswith(_MAGIC) or len(data) < 100:
        raise Malformed("this is no SQLite database", where=where)
    left = limits.sqlite_steps // _STEPS

    def spent() -> int:
        nonlocal left
        left -= 1
        return left < 0

    connection = sqlite3.connect(":memory:")
    connection.text_factory = lambda text: text.decode("utf-8", "replace")  # a schema may be anything
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.deserialize(data if data[18:20] == b"\1\1" else data[:18] + b"\1\1" + data[20:])
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, len(data))
        connection.set_progress_handler(spent, _STEPS)
        connection.set_authorizer(_only_reads)
        _ordinary(connection, table, where)
        for (value,) in connection.execute(f'SELECT "{name}" FROM "{table}" ORDER BY rowid'):  # noqa: S608
            yield value
    except sqlite3.Error as error:
        if left < 0:
            raise LimitExceeded("sqlite_steps", limits.sqlite_steps, where=where) from None
        raise Malformed(f"a damaged SQLite database: {error}", where=where) from None
    finally:
        connection.close()


def _ordinary(connection: sqlite3.Connection, table: str, where: str) -> None:
    found = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    made = str(found[0]).upper() if found else ""
    if not made.startswith("CREATE TABLE") or "GENERATED" in made or " AS " in made:
        raise Malformed(f"this database has no ordinary table {table}", where=where)


def _only_reads(action: int, *_: str | None) -> int:
    import sqlite3

    return sqlite3.SQLITE_OK if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) else sqlite3.SQLITE_DENY
