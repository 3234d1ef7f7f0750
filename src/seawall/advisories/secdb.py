"""Alpine's security database, https://secdb.alpinelinux.org: one JSON document a branch and repository.

Each package lists, by the version that fixes them, ids in strings that may hold several; "0" is "never affected".
"""

from __future__ import annotations

import msgspec

from seawall.advisories.feed import Records, Skipped
from seawall.model import Advisory, Range
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

NEVER = "0"


class _Package(msgspec.Struct):
    name: str
    secfixes: dict[str, list[str]] | None = None


class _Entry(msgspec.Struct):
    pkg: _Package


class _Database(msgspec.Struct):
    distroversion: str
    packages: list[_Entry]


def read(data: bytes, *, source: str, where: str, limits: Limits = DEFAULT) -> Records:
    """A record is a vulnerability of a package; what is said to be fixed twice is fixed by the later version."""
    database = json.decode(data, _Database, where=where, limits=limits)
    for entry in database.packages:
        fixed: dict[str, list[str]] = {}
        for version, lines in (entry.pkg.secfixes or {}).items():
            for name in (name for line in lines for name in line.split()):
                fixed.setdefault(name, []).append(version)
        for name, versions in fixed.items():
            ranges = tuple(Range(fixed=version) for version in versions if version != NEVER)
            if not ranges:
                yield Skipped.NOT_APPLICABLE
                continue
            yield (
                Advisory(
                    id=f"ALPINE-{name}" if name.startswith("CVE-") else name,
                    aliases=(name,) if name.startswith("CVE-") else (),
                    ecosystem=f"Alpine:{database.distroversion}",
                    package=entry.pkg.name,
                    ranges=ranges,
                    refs=(f"https://security.alpinelinux.org/vuln/{name}",),
                    source=source,
                ),
            )
