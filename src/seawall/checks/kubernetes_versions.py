"""Until when AKS supports which Kubernetes version.

Read in the AKS documentation (`supported-kubernetes-versions`) on 2026-08-21. Where it names a month, support lasts
through the last day of that month.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Mapping

import msgspec

from seawall.errors import UnknownValue
from seawall.model import Maybe, is_known, known

READ = datetime.date(2026, 8, 21)
"""The day on which the table was read."""

Minor = tuple[int, int]

LTS_PLAN = "AKSLongTermSupport"

NOTICE = datetime.timedelta(days=60)
"""How long before its end a version is worth a warning: an upgrade is planned, tested and rolled out in that time."""


def _through(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


class Support(msgspec.Struct, frozen=True):
    """The last day of standard support, and of long-term support."""

    end: datetime.date
    lts_end: datetime.date


SUPPORT: Mapping[Minor, Support] = {
    (1, 29): Support(_through(2025, 3), _through(2026, 4)),
    (1, 30): Support(datetime.date(2025, 8, 22), _through(2026, 7)),
    (1, 31): Support(datetime.date(2025, 11, 1), _through(2026, 11)),
    (1, 32): Support(_through(2026, 3), _through(2027, 3)),
    (1, 33): Support(_through(2026, 7), _through(2027, 7)),
    (1, 34): Support(_through(2026, 11), _through(2027, 11)),
    (1, 35): Support(_through(2027, 3), _through(2028, 3)),
    (1, 36): Support(_through(2027, 6), _through(2028, 6)),
    (1, 37): Support(_through(2027, 10), _through(2028, 10)),
}


def minor(version: str) -> Minor:
    """`1.34.2` and `v1.34` are (1, 34); anything else raises UnknownValue."""
    found = re.fullmatch(r"v?(\d{1,4})\.(\d{1,4})(\.\d+.*)?", version.strip())
    if not found:
        raise UnknownValue(f"{version!r} is not a Kubernetes version")
    return int(found[1]), int(found[2])


def last_day(version: str, plan: Maybe[str | None], day: datetime.date) -> datetime.date:
    """The last day of support of a version; `date.min` where it ended before the table begins.

    The support plan must be known only where it decides whether `day` is supported. Raises UnknownValue for a version
    that is no version, or newer than the table.
    """
    found = minor(version)
    if found < min(SUPPORT):
        return datetime.date.min
    if found not in SUPPORT:
        raise UnknownValue(f"Kubernetes {version} is newer than the table of versions in this release")
    support = SUPPORT[found]
    if support.end < day <= support.lts_end:
        known(plan)
    long_term = is_known(plan) and (plan or "").lower() == LTS_PLAN.lower()
    return support.lts_end if long_term else support.end


def settled_version() -> str:
    """The newest version but one: supported for long, and no longer new. It follows the table, not the clock."""
    major, newest = sorted(SUPPORT)[-2]
    return f"{major}.{newest}"


def upgrade_target(today: datetime.date) -> str:
    """The oldest version whose standard support outlasts the notice, the newest of the table where none does."""
    lasting = (version for version, support in sorted(SUPPORT.items()) if support.end > today + NOTICE)
    target = next(lasting, max(SUPPORT))
    return f"{target[0]}.{target[1]}"
