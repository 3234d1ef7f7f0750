"""The advisories that a run judges by: the database where there is one, and the built-in set of famous flaws."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import msgspec

from seawall.advisories.end_of_life import ended
from seawall.advisories.match import Matched, match
from seawall.advisories.names import family
from seawall.advisories.starter import combined, starter
from seawall.advisories.store import Store
from seawall.model import Distro, FeedStatus, NotAssessed, Package
from seawall.workflows.learned import learn
from seawall.workflows.settings import Settings

SCORES = {"KEV": "which flaws are exploited (CISA KEV)", "EPSS": "how likely exploits are (EPSS)"}


class Judge:
    """Matches packages, and remembers which ecosystems they were of, so that only their feeds are spoken of."""

    def __init__(self, store: Store | None, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._advisories = combined(store, starter()) if store else starter()
        self.asked: set[str] = set()
        """The ecosystems of the packages so far, without release."""

    def match(self, packages: Sequence[Package], distro: Distro | None) -> Matched:
        """Judge the packages of one image."""
        matched = match(packages, distro, self._advisories)
        self.asked |= matched.ecosystems
        not_assessed = (*matched.not_assessed, *ended(distro, self._settings.today))
        return msgspec.structs.replace(matched, not_assessed=not_assessed)

    def feeds(self) -> tuple[FeedStatus, ...]:
        """What the database holds of the ecosystems that were asked about."""
        used = self.asked.union(SCORES)
        return tuple(feed for feed in self._store.status() if family(feed.source) in used) if self._store else ()

    def gaps(self) -> Iterator[NotAssessed]:
        """What is missing or stale."""
        where = str(self._settings.database)
        if self._store is None:
            why = "there is none, so only the built-in set of famous flaws was looked for: run `seawall update`"
            yield NotAssessed(what="advisory database", where=where, why=why)
            return
        days = self._settings.max_age
        oldest = (self._settings.today - datetime.timedelta(days=days)).isoformat()
        if stale := [feed.source for feed in self.feeds() if feed.imported[:10] < oldest]:
            why = f"imported more than {days} days ago, so newer ones are not known: run `seawall update`"
            yield NotAssessed(what=f"newest advisories of {', '.join(stale)}", where=where, why=why)
        for source, what in SCORES.items():
            if not self._store.covers(source):
                yield NotAssessed(what=what, where=where, why="never imported: run `seawall update`")


@contextmanager
def open_advisories(settings: Settings) -> Iterator[Judge]:
    """Raises DatabaseError where there is a database and it cannot be used; one that is not there is a gap."""
    with Store.open(settings.database) if os.path.lexists(settings.database) else nullcontext() as store:
        judge = Judge(store, settings)
        yield judge
        learn(settings.database, judge.asked)
