"""Pub (Dart): SemVer 2, and build metadata orders what is equal: none first, then identifier by identifier.

Source: https://pub.dev/documentation/pub_semver/latest/pub_semver/Version/compareTo.html
"""

from __future__ import annotations

from seawall.advisories.versions import semver
from seawall.advisories.versions.numbers import number


def key(version: str) -> bytes:
    """Raises Malformed as SemVer does."""
    plain, plus, build = version.partition("+")
    return semver.key(plain) + (_build(build) if plus else b"\0")


def _build(text: str) -> bytes:
    identifiers = text.split(".")
    return b"\x01" + b"".join(map(_identifier, identifiers)) + b"\0"


def _identifier(text: str) -> bytes:
    return b"\x01" + number(text) if text.isdigit() else b"\x02" + text.encode(errors="surrogatepass") + b"\0"
