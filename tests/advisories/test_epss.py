"""FIRST's table and CISA's catalogue."""

from __future__ import annotations

import io

import pytest

from seawall.advisories import epss, kev
from seawall.errors import Malformed

HEAD = b"#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n"


class Dribble(io.BytesIO):
    """Gives a few bytes at a time."""

    def read(self, n: int | None = -1, /) -> bytes:
        return super().read(7)


def test_scores_and_what_they_are_of() -> None:
    table = epss.Scores(Dribble(HEAD + b"CVE-2021-44228,0.94358,0.99957\r\nCVE-1999-0001,1.0,1.0\n"), where="here")
    assert list(table) == [("CVE-2021-44228", 0.94358), ("CVE-1999-0001", 1.0)]
    assert (table.date, table.rows, table.skipped) == ("2026-08-16", 2, 0)


def test_rows_that_are_none_are_counted() -> None:
    rows = b"CVE-1,0.5,1\nCVE-2024-1,1.5,1\nCVE-2024-2,nan,1\nCVE-2024-3,-0.1,1\n\xff\n\nCVE-2024-4,9e-5,0.1"
    table = epss.Scores(io.BytesIO(HEAD + rows), where="here")
    assert list(table) == [("CVE-2024-4", 9e-5)]
    assert table.skipped == 6


@pytest.mark.parametrize("data", [b"", b"<html>", b"#model\nid,score\n", HEAD + b"x" * 2 * epss.LINE_BYTES])
def test_no_table(data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        list(epss.Scores(io.BytesIO(data), where="here"))
    assert caught.value.where == "here"


def test_the_catalogue() -> None:
    data = b'{"dateReleased": "2026-07-23", "vulnerabilities": [{"cveID": "CVE-1", "notes": ""}, {"cveID": "CVE-1"}]}'
    assert kev.read(data, where="here").cves == ("CVE-1",)
    for wrong in (b"", b"{}", b'{"vulnerabilities": [{"cve": "CVE-1"}]}'):
        with pytest.raises(Malformed):
            kev.read(wrong, where="here")
