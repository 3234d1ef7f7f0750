"""When the free security updates of a distro's release end: data, one row a release.

Debian counts to the end of its long-term support, the last day that its tracker is kept for. What is sold beyond
(Ubuntu Pro, RHEL ELS, SLES LTSS) is not counted. Dates as of 2026-07, from the vendors' pages named beside each.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from seawall.model import Distro, NotAssessed

_ENDS: dict[str, str] = {
    # https://wiki.debian.org/LTS
    "debian": "6:2016-02-29 7:2018-05-31 8:2020-06-30 9:2022-06-30 10:2024-06-30 11:2026-08-31 12:2028-06-30"
    " 13:2030-06-30",
    # https://ubuntu.com/about/release-cycle
    "ubuntu": "12.04:2017-04-28 14.04:2019-04-25 16.04:2021-04-30 18.04:2023-05-31 20.04:2025-05-31 20.10:2021-07-22"
    " 21.04:2022-01-20 21.10:2022-07-14 22.04:2027-04-30 22.10:2023-07-20 23.04:2024-01-25 23.10:2024-07-12"
    " 24.04:2029-05-31 24.10:2025-07-10 25.04:2026-01-17 25.10:2026-07-31 26.04:2031-04-30",
    # https://alpinelinux.org/releases/
    "alpine": "3.2:2017-05-01 3.3:2017-11-01 3.4:2018-05-01 3.5:2018-11-01 3.6:2019-05-01 3.7:2019-11-01"
    " 3.8:2020-05-01 3.9:2020-11-01 3.10:2021-05-01 3.11:2021-11-01 3.12:2022-05-01 3.13:2022-11-01 3.14:2023-05-01"
    " 3.15:2023-11-01 3.16:2024-05-23 3.17:2024-11-22 3.18:2025-05-09 3.19:2025-11-01 3.20:2026-04-01"
    " 3.21:2026-11-01 3.22:2027-05-01 3.23:2027-11-01",
    # https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle
    "azurelinux": "3:2027-08-31",
    "mariner": "1:2023-08-31 2:2025-07-31",
    # https://access.redhat.com/support/policy/updates/errata
    "rhel": "6:2020-11-30 7:2024-06-30 8:2029-05-31 9:2032-05-31 10:2035-05-31",
    # https://www.centos.org/cl-vs-cs/#end-of-life (8: CentOS Stream, the later one)
    "centos": "6:2020-11-30 7:2024-06-30 8:2024-05-31 9:2027-05-31",
    # https://wiki.almalinux.org/release-notes/
    "almalinux": "8:2029-05-31 9:2032-05-31 10:2035-05-31",
    # https://wiki.rockylinux.org/rocky/version/
    "rocky": "8:2029-05-31 9:2032-05-31 10:2035-05-31",
    # https://www.suse.com/lifecycle
    "sles": "12.5:2024-10-31 15.1:2021-01-31 15.2:2021-12-31 15.3:2022-12-31 15.4:2023-12-31 15.5:2024-12-31"
    " 15.6:2025-12-31 15.7:2031-07-31",
    # https://en.opensuse.org/Lifetime
    "opensuse-leap": "15.3:2022-12-31 15.4:2023-12-07 15.5:2024-12-31 15.6:2026-04-30",
    # https://aws.amazon.com/amazon-linux-2/faqs/
    "amzn": "2018.03:2023-12-31 2:2026-06-30 2023:2029-06-30",
}


def end_of_life(distro: Distro) -> datetime.date | None:
    """The last day of free security updates; None where it is not known, or there are no releases to end."""
    ends = dict(row.split(":") for row in _ENDS.get(distro.id, "").split())
    parts = distro.version.split(".")
    for version in (distro.version, ".".join(parts[:2]), parts[0]):
        if version in ends:
            return datetime.date.fromisoformat(ends[version])
    return None


def ended(distro: Distro | None, today: datetime.date) -> Iterator[NotAssessed]:
    """What is not known of a release whose updates have ended: its feed tells of no new flaw, so silence means less.

    It is something not assessed, and no finding: the flaws that it stands for are not known.
    """
    end = end_of_life(distro) if distro else None
    if distro and end and end < today:
        name = distro.name or f"{distro.id} {distro.version}"
        why = f"end of life since {end}: its feed gets no new advisories; move to a supported release"
        yield NotAssessed(what=f"new flaws of {name}", where="", why=why)
