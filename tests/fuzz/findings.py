"""What the fuzzer found and was mended, so that it stays so: the target, what was wrong, and the smallest input."""

from __future__ import annotations

from fuzz.targets import rpmdb

FINDINGS = [
    (
        "rpmdb.sqlite",
        "UnicodeDecodeError: a schema that is not UTF-8",
        rpmdb().replace(b"create table Packages", b"create table\xb1Packages"),
    ),
]
