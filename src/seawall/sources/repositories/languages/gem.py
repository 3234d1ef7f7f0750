"""RubyGems, by the compact index that Bundler reads. https://guides.rubygems.org/rubygems-org-compact-index-api/"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from seawall.model import Package
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


def _path(package: Package) -> str:
    return f"info/{quote(package.name, safe='')}"


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    """`version[-platform] dependencies|requirements`, one a line; yanked ones are gone. A version has no hyphen."""
    seen = set()
    for line in content.decode("utf-8", "replace").splitlines():
        version = line.partition(" ")[0].partition("-")[0]
        if version and version not in seen:
            seen.add(version)
            yield Release(version=version)


REGISTRY = LanguageRegistry(mirror="rubygems", path=_path, parse=_parse)
