"""The purls in SPDX documents that makers of images put into them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import document
from seawall.safe.limits import Limits

PURL_MAX = 1000


class _Reference(msgspec.Struct, frozen=True, rename="camel"):
    reference_locator: str = ""


class _Component(msgspec.Struct, frozen=True, rename="camel"):
    external_refs: tuple[_Reference, ...] = ()


class _Document(msgspec.Struct, frozen=True):
    packages: tuple[_Component, ...] = ()


def references(path: str, content: bytes, limits: Limits) -> Iterator[str]:
    """What the packages of a document (SPDX 2.3, JSON) are called elsewhere, purls among it, cut at PURL_MAX."""
    for component in document(path, content, _Document, limits).packages:
        for reference in component.external_refs:
            yield reference.reference_locator[:PURL_MAX]
