"""Proxies of Go modules. https://go.dev/ref/mod#goproxy-protocol

A module of another major version has another path: all that the list names can replace each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from seawall.model import Package
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


def _path(package: Package) -> str:
    """Capitals are written as `!` and the small letter, so that file systems tell them apart."""
    module = f"{package.namespace}/{package.name}" if package.namespace else package.name
    if module in ("stdlib", "std") or "." not in module.partition("/")[0]:
        return ""
    return f"{quote(re.sub('[A-Z]', lambda letter: f'!{letter[0].lower()}', module), safe='/!')}/@v/list"


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    for line in content.decode("utf-8", "replace").splitlines():
        if line.strip():
            yield Release(version=line.strip())


REGISTRY = LanguageRegistry(mirror="go", path=_path, parse=_parse)
