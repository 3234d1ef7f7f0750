"""The npm registry. https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from seawall.model import Package
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


class _Version(msgspec.Struct, frozen=True):
    deprecated: Any = ""


class _Document(msgspec.Struct, frozen=True):
    versions: dict[str, _Version] = {}
    time: dict[str, Any] = {}


def _path(package: Package) -> str:
    return quote(f"{package.namespace}/{package.name}" if package.namespace else package.name, safe="@")


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    """The short form of the document has no times; a mirror may send the long one, which has."""
    document = json.decode(content, _Document, where=where, limits=limits)
    for version, said in document.versions.items():
        why = said.deprecated if isinstance(said.deprecated, str) else "deprecated" if said.deprecated else ""
        yield Release(version=version, released=str(document.time.get(version, ""))[:10], withdrawn=why[:200])


REGISTRY = LanguageRegistry(mirror="npm", path=_path, parse=_parse, accept="application/vnd.npm.install-v1+json")
