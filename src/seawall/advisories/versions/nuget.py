"""NuGet: SemVer with a fourth number; words of a pre-release compare without regard to case.

Source: https://learn.microsoft.com/nuget/concepts/package-versioning
"""

from __future__ import annotations

from seawall.advisories.versions import semver


def key(version: str) -> bytes:
    """Raises Malformed as SemVer does."""
    return semver.key(version.lower())
