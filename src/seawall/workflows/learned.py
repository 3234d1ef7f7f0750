"""Which ecosystems the images scanned so far were made of, so that only these are fetched: a file beside the database.

It holds names of ecosystems and nothing of the images. Where it cannot be written (a read-only volume), nothing is
learned; where it cannot be read, nothing was.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from seawall.errors import SeawallError
from seawall.safe import files, json


class _Learned(msgspec.Struct):
    ecosystems: list[str] = []


def learned(database: Path) -> tuple[str, ...]:
    """Their names as OSV has them, sorted."""
    path = _path(database)
    try:
        return tuple(json.decode(files.read(path), _Learned, where=str(path)).ecosystems)
    except SeawallError:
        return ()


def learn(database: Path, ecosystems: Iterable[str]) -> None:
    """Add what is new."""
    known = set(learned(database))
    if not known.issuperset(ecosystems):
        content = msgspec.json.encode(_Learned(ecosystems=sorted(known.union(ecosystems))))
        with suppress(SeawallError, OSError):
            database.parent.mkdir(parents=True, exist_ok=True)
            with files.replace(_path(database)) as new:
                new.write_bytes(content)


def _path(database: Path) -> Path:
    return database.with_name(f"{database.name}.ecosystems.json")
