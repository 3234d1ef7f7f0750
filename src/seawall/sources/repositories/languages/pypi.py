"""PyPI and its mirrors: the simple API in JSON. https://peps.python.org/pep-0691/ and pep-0700"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from seawall.model import Package
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.repositories.languages.registry import LanguageRegistry, Release


class _File(msgspec.Struct, frozen=True, rename="kebab"):
    filename: str
    requires_python: str | None = None
    yanked: Any = False
    upload_time: str = ""


class _Project(msgspec.Struct, frozen=True):
    files: tuple[_File, ...]


def _path(package: Package) -> str:
    return f"{quote(re.sub(r'[-_.]+', '-', package.name).lower(), safe='')}/"


def _parse(content: bytes, package: Package, where: str, limits: Limits) -> Iterator[Release]:
    """A release is yanked when all its files are; its day is that of its first file."""
    by_version: dict[str, list[_File]] = {}
    for file in json.decode(content, _Project, where=where, limits=limits).files:
        if version := _version(file.filename):
            by_version.setdefault(version, []).append(file)
    for version, files in by_version.items():
        kept = [file for file in files if not file.yanked] or files
        reasons = [file.yanked if isinstance(file.yanked, str) and file.yanked else "yanked" for file in files]
        yield Release(
            version=version,
            released=min(file.upload_time for file in files)[:10],
            withdrawn=reasons[0] if all(file.yanked for file in files) else "",
            requires=next((file.requires_python for file in kept if file.requires_python), ""),
        )


def _version(filename: str) -> str:
    """The version in the name of a wheel or an sdist, "" for files of other kinds."""
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    try:
        if filename.endswith(".whl"):
            return str(parse_wheel_filename(filename)[1])
        return str(parse_sdist_filename(filename)[1])
    except (InvalidSdistFilename, InvalidWheelFilename, ValueError):
        return ""


REGISTRY = LanguageRegistry(mirror="pypi", path=_path, parse=_parse, accept="application/vnd.pypi.simple.v1+json")
