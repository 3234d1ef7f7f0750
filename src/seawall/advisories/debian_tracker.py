"""Debian's security tracker, https://security-tracker.debian.org/tracker/data/json: all that OSV leaves out, too.

Source package, then CVE, then release by code name: open ones without a fix, their urgency, what will not be mended.
"""

from __future__ import annotations

import msgspec

from seawall.advisories.feed import WORDS, Records, Skipped, cut
from seawall.model import Advisory, Range, Severity
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

RELEASES = {
    "wheezy": 7,
    "jessie": 8,
    "stretch": 9,
    "buster": 10,
    "bullseye": 11,
    "bookworm": 12,
    "trixie": 13,
    "forky": 14,
}
"""https://www.debian.org/releases/; `sid` is none."""

NEVER = "0"


class _Release(msgspec.Struct):
    status: str
    fixed_version: str = ""
    urgency: str = ""
    nodsa_reason: str | None = None


class _Flaw(msgspec.Struct):
    releases: dict[str, _Release] | list[_Release] = {}
    description: str = ""


def read(data: bytes, *, source: str, where: str, limits: Limits = DEFAULT) -> Records:
    """A record is a vulnerability of a source package; `releases` is an empty list where there are none."""
    tracker = json.decode(data, dict[str, dict[str, _Flaw]], where=where, limits=limits)
    for package, flaws in tracker.items():
        for name, flaw in flaws.items():
            releases = flaw.releases if isinstance(flaw.releases, dict) else {}
            found = [(RELEASES[code], said) for code, said in releases.items() if code in RELEASES]
            open_or_fixed = [pair for pair in found if pair[1].status != "undetermined"]
            affected = [pair for pair in open_or_fixed if pair[1].fixed_version != NEVER]
            if affected:
                yield tuple(_advisory(name, package, flaw, *pair, source) for pair in affected)
            elif open_or_fixed:
                yield Skipped.NOT_APPLICABLE
            else:
                yield Skipped.UNDETERMINED if found else Skipped.ELSEWHERE


def _advisory(name: str, package: str, flaw: _Flaw, number: int, said: _Release, source: str) -> Advisory:
    """Open without a fix, or fixed. `ignored` and the end of a release's life are a refusal, `postponed` is none."""
    cve = name.startswith("CVE-")
    return Advisory(
        id=f"DEBIAN-{name}" if cve else name,
        aliases=(name,) if cve else (),
        ecosystem=f"Debian:{number}",
        package=package,
        ranges=(Range(fixed=said.fixed_version if said.status == "resolved" else ""),),
        summary=cut(flaw.description),
        severity=WORDS.get(said.urgency.rstrip("*"), Severity.UNKNOWN),
        refs=(f"https://security-tracker.debian.org/tracker/{name}",),
        source=source,
        will_not_fix=said.urgency == "end-of-life" or said.nodsa_reason == "ignored",
    )
