"""Ask every check of images, and write down what is wrong and what is not known."""

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
