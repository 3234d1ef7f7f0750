"""CISA's catalogue of exploited vulnerabilities, https://www.cisa.gov/known-exploited-vulnerabilities-catalog."""

from __future__ import annotations

import msgspec

from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

URL = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"


class _Entry(msgspec.Struct):
    cve: str = msgspec.field(name="cveID")


class Catalogue(msgspec.Struct, rename="camel"):
    """`date_released` is an ISO 8601 time, "" where the catalogue does not say."""

    vulnerabilities: list[_Entry]
    date_released: str = ""

    @property
    def cves(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.cve for entry in self.vulnerabilities))


def read(data: bytes, *, where: str, limits: Limits = DEFAULT) -> Catalogue:
    """Raises Malformed, LimitExceeded."""
    return json.decode(data, Catalogue, where=where, limits=limits)
