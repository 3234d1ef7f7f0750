"""Ask every check of images, and write down what is wrong and what is not known.

What a finding is about, so that a waiver of it (rule, subject, field) means the same after the next build:

- A program of many tools is one finding for each rule, with the field `tools.busybox`: which applets it has is told by
  the message, and may change.
- A setuid file, like every other file with rights of its own, is a finding of its own, with its path as the field,
  whoever brought it: were a distribution's files one finding, its waiver would hold for a file that is added later.
  The table puts them on one line instead.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from seawall.checks.check import Check, Fail
from seawall.model import Finding, Image, Location, Status, Subject

MAX_AGE = 90
"""Days after which an image is old: patches of bases come out monthly, so three were missed."""


def judge(image: Image, checks: Sequence[Check], *, today: datetime.date, days: int = MAX_AGE) -> Iterator[Finding]:
    """What the checks say of an image; nothing where its files were not looked at, which the caller reports."""
    if image.contents is None:
        return
    given = {"image": image, "today": today, "days": days}
    subject = Subject(kind="image", name=image.name)
    for check in checks:
        for said in check.function(*[given[name] for name in check.takes]):
            failed = isinstance(said, Fail)
            yield Finding(
                rule=check.id,
                title=check.title,
                severity=(isinstance(said, Fail) and said.severity) or check.severity,
                status=Status.FAIL if failed else Status.UNKNOWN,
                subject=subject,
                field=said.field,
                message=said.message,
                location=Location(file=image.file) if image.file else None,
                refs=check.refs,
            )
