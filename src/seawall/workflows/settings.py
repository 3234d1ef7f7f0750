"""What a run is told, read once at the door and passed down."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import msgspec

from seawall.checks.grouping import Grouping
from seawall.gate import Policy
from seawall.safe.limits import MIB, Limits
from seawall.sources.images.registry.access import Access, Identity

__all__ = ["Access", "Identity", "Repositories", "Settings"]


class Repositories(msgspec.Struct, frozen=True, kw_only=True):
    """How repositories and registries of packages are reached.

    `mirrors` are addresses by the names of sources.repositories.access.DEFAULTS; `keyrings` files of keys that count;
    `hosts` may be asked though only an image names them. `cache` is the folder for indexes (None: nowhere). `now`
    judges whether an index has expired. With `offline` nothing is asked.
    """

    mirrors: Mapping[str, str] = {}
    keyrings: tuple[Path, ...] = ()
    hosts: frozenset[str] = frozenset()
    cache: Path | None = None
    now: datetime.datetime
    offline: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one run. `platform` chooses among the images of a multi-platform index, "" for the default.

    `today` is the day that retirement and support dates are judged by. `framework` is one of
    checks.frameworks.FRAMEWORKS, "" to ask every check. `access` says how registries are reached; with `sweep` every
    tag of a repository is meant, with `newest` only so many of them. `cache` is the folder in which the facts of layers
    are kept (None: nowhere), of at most `cache_bytes`. `rootfs` are root file systems to be read.
    `baseline` describes the clusters that those found are held against: a path, or `profile:NAME`. `grouping` says
    which clusters belong together; `whole_matrix` asks for the settings that do not differ, too. With `outdated`,
    newer versions of packages are looked for, as `repositories` says.
    `docker_host` is the address of Docker's daemon; of a store, only the images in `named` are meant, or all. The
    statements in `vex` (files) count, and with `attached` those that an image's registry has beside it.
    An image that was built more than `max_image_age` days ago is old. With `packages_only`, images are not searched for
    tools, secrets and rights.
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
    repositories: Repositories | None = None
    outdated: bool = False
    baseline: str = ""
    grouping: Grouping = Grouping()
    whole_matrix: bool = False
    max_image_age: int = 90
    packages_only: bool = False
    docker_host: str = ""
    named: tuple[str, ...] = ()
    vex: tuple[Path, ...] = ()
    attached: bool = False
