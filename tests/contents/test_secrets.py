"""What is searched for secrets, and that what was not searched is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from seawall.contents.inspect import inspect
from seawall.contents.secrets import SIZE_MAX
from seawall.workflows.assess import assess
from seawall.workflows.settings import Settings

KEY = b"AKIA" + b"Q3EGRIYJ5ZX2HLWD"


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        (b"key = " + KEY, False),
        (b"#" * SIZE_MAX + KEY, True),
        (("key = " + KEY.decode()).encode("utf-16"), True),
        (b"#!/bin/sh\n" + b"#" * SIZE_MAX, True),
        (b"\x7fELF\0" + KEY, False),
    ],
)
def test_a_file_is_searched_or_told_to_be_skipped(content: bytes, skipped: bool) -> None:
    noted = inspect("app/settings.ini", content)
    assert noted.skipped is skipped
    assert bool(noted.secrets) is (content == b"key = " + KEY)
    assert not inspect("usr/share/settings.ini", content).skipped


def test_placeholders_do_not_use_up_what_is_told_of_a_file() -> None:
    many = b"".join(b"AKIAEXAMPLEEXAMPLE%s\n" % bytes((65 + n // 26, 65 + n % 26)) for n in range(200))
    (secret,) = inspect("app/settings.ini", many + KEY).secrets
    assert secret.line == 201


def test_the_report_names_what_was_not_searched(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "app").mkdir(parents=True)
    (root / "app/state.json").write_bytes(b" " * SIZE_MAX + KEY)
    settings = Settings(today=datetime.date(2026, 11, 23), database=tmp_path / "none.db", rootfs=(root,))
    report = assess([], ("image",), settings, lambda _: None)
    (told,) = (each for each in report.not_assessed if each.what == "secrets in files")
    assert told.why.endswith("too large or no known text: /app/state.json")
