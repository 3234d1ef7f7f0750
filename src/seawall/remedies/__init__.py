"""What to do about it: a new cluster that passes, and the way there from one that does not."""

from __future__ import annotations

from seawall.remedies.migrate import Options, migrate

__all__ = ["Options", "migrate"]
