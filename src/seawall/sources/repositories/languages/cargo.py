"""The sparse index of crates.io. https://doc.rust-lang.org/cargo/reference/registry-index.html"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from seawall.model import Package
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


class _Line(msgspec.Struct, frozen=True):
    vers: str
    yanked: bool = False
    pubtime: str = ""


def _path(package: Package) -> str:
    name = package.name.lower()
    folder = {1: "1", 2: "2", 3: f"3/{name[:1]}"}.get(len(name), f"{name[:2]}/{name[2:4]}")
    return quote(f"{folder}/{name}") if name else ""


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    """One JSON object a line."""
    for line in content.splitlines():
        if line.strip():
            said = json.decode(line, _Line, where=where, limits=limits)
            yield Release(version=said.vers, released=said.pubtime[:10], withdrawn="yanked" if said.yanked else "")


REGISTRY = LanguageRegistry(mirror="crates", path=_path, parse=_parse)
