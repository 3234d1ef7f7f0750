"""FIRST's probabilities of exploitation (EPSS), https://www.first.org/epss/data_stats: as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from seawall.errors import Malformed
from seawall.safe.limits import KIB, MIB

URL = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"

LINE_BYTES = 64 * KIB
"""A row has some thirty bytes; without a bound, a file of one line would be held in memory whole."""

_ROW = re.compile(r"(CVE-\d{4}-\d+),(\d+(?:\.\d+)?(?:[eE]-?\d+)?),")
_SCORE_DATE = re.compile(r"score_date:(\d{4}-\d\d-\d\d)")


class Stream(Protocol):
    """The unpacked table; `read` gives b"" only at the end."""

    def read(self, n: int) -> bytes: ...


class Scores:
    """The pairs of CVE and probability in a table; what was read so far is told by `date`, `rows` and `skipped`.

    The first line is a comment with the model's version and the date of the scores, the second names the columns.
    """

    def __init__(self, table: Stream, *, where: str) -> None:
        self._table = table
        self._where = where
        self.date = ""
        self.rows = 0
        self.skipped = 0

    def __iter__(self) -> Iterator[tuple[str, float]]:
        """Raises Malformed for what is not such a table."""
        lines = self._lines()
        line = next(lines, "")
        if line.startswith("#"):
            date = _SCORE_DATE.search(line)
            self.date = date[1] if date else ""
            line = next(lines, "")
        if not line.startswith("cve,epss"):
            raise Malformed("not a table of EPSS scores: the columns cve,epss are missing", where=self._where)
        for line in lines:
            row = _ROW.match(line)
            if row and (score := float(row[2])) <= 1:
                self.rows += 1
                yield row[1], score
            else:
                self.skipped += 1

    def _lines(self) -> Iterator[str]:
        rest = b""
        while chunk := self._table.read(MIB):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LINE_BYTES:
                raise Malformed(f"a line of more than {LINE_BYTES:,} bytes", where=self._where)
            yield from (line.decode("ascii", "replace") for line in lines)
        if rest:
            yield rest.decode("ascii", "replace")
