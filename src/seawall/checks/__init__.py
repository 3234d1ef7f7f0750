"""Is it right? One check is one file under `cluster/` or `fleet/`; the folder is the list.

Import from here: `from seawall.checks import all_checks, run`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from seawall.checks.check import Check
from seawall.checks.run import Results, Tally, run

__all__ = ["Check", "Results", "Tally", "all_checks", "run"]

_FOLDERS = ("seawall.checks.cluster", "seawall.checks.fleet")


@functools.cache
def all_checks() -> tuple[Check, ...]:
    """Every check, sorted by id. A module holds the one check that is named as it is."""
    found = []
    for folder in _FOLDERS:
        for module in pkgutil.iter_modules(importlib.import_module(folder).__path__):
            found.append(getattr(importlib.import_module(f"{folder}.{module.name}"), module.name))
    return tuple(sorted(found, key=lambda check: check.id))
