"""NuGet's flat container. https://learn.microsoft.com/nuget/api/package-base-address-resource"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from seawall.model import Package
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


class _Versions(msgspec.Struct, frozen=True):
    versions: tuple[str, ...]


def _path(package: Package) -> str:
    return f"{quote(package.name.lower(), safe='')}/index.json"


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    for version in json.decode(content, _Versions, where=where, limits=limits).versions:
        yield Release(version=version)


REGISTRY = LanguageRegistry(mirror="nuget", path=_path, parse=_parse)
