"""Is it right? One check is one file under `cluster/`, `fleet/` or `image/`; the folder is the list.

Import from here: `from seawall.checks import all_checks, run`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from seawall.checks.check import Check
from seawall.checks.run import Results, Tally, run

__all__ = ["Check", "Results", "Tally", "all_checks", "image_checks", "run"]

_FOLDERS = ("seawall.checks.cluster", "seawall.checks.fleet")


@functools.cache
def all_checks() -> tuple[Check, ...]:
    """Every check of clusters and fleets, sorted by id."""
    return _in(_FOLDERS)


@functools.cache
def image_checks() -> tuple[Check, ...]:
    """Every check of images, sorted by id; `checks.images` asks them."""
    return _in(("seawall.checks.image",))


def _in(folders: tuple[str, ...]) -> tuple[Check, ...]:
    """A module holds the one check that is named as it is."""
    found = []
    for folder in folders:
        for module in pkgutil.iter_modules(importlib.import_module(folder).__path__):
            found.append(getattr(importlib.import_module(f"{folder}.{module.name}"), module.name, None))
    return tuple(sorted((each for each in found if isinstance(each, Check)), key=lambda check: check.id))
