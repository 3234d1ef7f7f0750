"""Packages that conda installed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import Example, cataloger, document
from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

NUMPY = Example(
    path="opt/conda/conda-meta/openssl-3.0.10-h7f8727e_2.json",
    content=b'{"name": "openssl", "version": "3.0.10", "build": "h7f8727e_2", "subdir": "linux-64"}',
    finds=(
        Package(
            type="conda", name="openssl", version="3.0.10", path="opt/conda/conda-meta/openssl-3.0.10-h7f8727e_2.json"
        ),
    ),
)


class _Meta(msgspec.Struct, frozen=True):
    name: str
    version: str


@cataloger("**/conda-meta/*.json", examples=[NUMPY], bounded=True)
def conda(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The record of one package that conda installed into an environment.

    A Python distribution among them has its own metadata too, and is found twice: as conda's and as PyPI's.
    """
    meta = document(path, content, _Meta, limits)
    if not meta.name or not meta.version:
        raise Malformed("this record has no name or no version", where=path)
    yield Package(type="conda", name=meta.name, version=meta.version, path=path)
