"""The advisories that a run judges by: the database where there is one, and the built-in set of famous flaws."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from seawall.advisories.match import Advisories, Matched, match
from seawall.advisories.starter import combined, starter
from seawall.advisories.store import Store
from seawall.model import Distro, FeedStatus, NotAssessed, Package
from seawall.workflows.settings import Settings


class Judges:
    """What packages are matched against. `not_assessed` says what is missing or stale."""

    def __init__(
        self, advisories: Advisories, status: tuple[FeedStatus, ...] = (), not_assessed: tuple[NotAssessed, ...] = ()
    ) -> None:
        self._advisories = advisories
        self.status = status
        self.not_assessed = not_assessed

    def match(self, packages: Sequence[Package], distro: Distro | None) -> Matched:
        return match(packages, distro, self._advisories)


@contextmanager
def open_advisories(settings: Settings) -> Iterator[Judges]:
    """Raises DatabaseError where there is a database and it cannot be used; one that is not there is reported."""
    path = settings.database
    if not path.exists():
        gap = NotAssessed(
            what="advisory database",
            where=str(path),
            why="there is none, so only the built-in set of famous flaws was looked for: run `seawall update`",
        )
        yield Judges(starter(), not_assessed=(gap,))
        return
    with Store.open(path) as store:
        status = store.status()
        gaps = (*stale(status, settings), *unlisted(store, settings))
        yield Judges(combined(store, starter()), status, gaps)


def stale(status: Sequence[FeedStatus], settings: Settings) -> Iterator[NotAssessed]:
    """One line for all feeds that were imported too long ago: what is newer is not known here."""
    oldest = settings.today - datetime.timedelta(days=settings.max_age)
    old = [feed for feed in status if feed.imported[:10] < oldest.isoformat()]
    if old:
        names = ", ".join(feed.source for feed in old)
        why = f"imported more than {settings.max_age} days ago, so newer ones are not known: run `seawall update`"
        yield NotAssessed(what=f"advisories of {names}", where=str(settings.database), why=why)


def unlisted(store: Store, settings: Settings) -> Iterator[NotAssessed]:
    """KEV and EPSS, where they were never imported."""
    for source, what in (("KEV", "which flaws are exploited (CISA KEV)"), ("EPSS", "how likely exploits are (EPSS)")):
        if not store.covers(source):
            yield NotAssessed(what=what, where=str(settings.database), why="never imported: run `seawall update`")
