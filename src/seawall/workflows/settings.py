"""What a run is told, read once at the door and passed down."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from seawall.gate import Policy
from seawall.safe.limits import MIB, Limits
from seawall.sources.images.registry.access import Access, Identity

__all__ = ["Access", "Identity", "Settings"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one run. `platform` chooses among the images of a multi-platform index, "" for the default.

    `today` is the day that retirement and support dates are judged by. `framework` is one of
    checks.frameworks.FRAMEWORKS, "" to ask every check. `access` says how registries are reached; with `sweep` every
    tag of a repository is meant, with `newest` only so many of them. `cache` is the folder in which the facts of layers
    are kept (None: nowhere), of at most `cache_bytes`. `rootfs` are root file systems to be read.
    `baseline` describes the clusters that those found are held against.
    An image that was built more than `max_image_age` days ago is old.
    """

    today: datetime.date
    database: Path
    platform: str = ""
    framework: str = ""
    max_age: int = 5
    policy: Policy = Policy()
    limits: Limits = Limits()
    access: Access = Access()
    sweep: bool = False
    newest: int = 0
    cache: Path | None = None
    cache_bytes: int = 1024 * MIB
    rootfs: tuple[Path, ...] = ()
    baseline: Path | None = None
    max_image_age: int = 90
