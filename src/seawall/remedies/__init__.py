"""What to do about it: the way from a cluster as it is to one that passes."""

from __future__ import annotations

from seawall.remedies.migrate import Options, migrate

__all__ = ["Options", "migrate"]
