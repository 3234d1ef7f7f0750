"""What one file of clusters came to."""

from __future__ import annotations

import msgspec

from seawall.model import Cluster, NotAssessed


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one file holds, in its order, and what in it was not read. Never both empty."""

    clusters: tuple[Cluster, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
