"""Repositories of Maven: `maven-metadata.xml`. https://maven.apache.org/ref/current/maven-repository-metadata/"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from seawall.model import Package
from seawall.safe import xml
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


def _path(package: Package) -> str:
    """Nothing can be asked where the group is not known."""
    if not package.namespace:
        return ""
    return f"{quote(package.namespace.replace('.', '/'))}/{quote(package.name, safe='')}/maven-metadata.xml"


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    for version in xml.parse(content, where=where, limits=limits).iterfind("versioning/versions/version"):
        if version.text and version.text.strip():
            yield Release(version=version.text.strip())


REGISTRY = LanguageRegistry(mirror="maven", path=_path, parse=_parse)
