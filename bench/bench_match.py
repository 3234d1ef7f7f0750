"""Judges a list of packages, as one process: opens the database, looks every package up, compares versions."""

from __future__ import annotations

import json
from pathlib import Path

from seawall.advisories.match import match
from seawall.advisories.store import Store
from seawall.model import Distro, Package


def judge(listing: str, database: str) -> None:
    """`listing` is a JSON file of [type, name, version]."""
    packages = [
        Package(type=kind, name=name, version=version, source=name, source_version=version)
        for kind, name, version in json.loads(Path(listing).read_text())
    ]
    with Store.open(Path(database)) as store:
        matched = match(packages, Distro(id="debian", version="12"), store)
    assert matched.judged == len(packages), matched.not_assessed
