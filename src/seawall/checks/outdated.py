"""Which of the versions on offer is the one to take: the newest of the same line, and the newest of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from seawall.advisories.versions import key
from seawall.errors import Malformed
from seawall.model import Outdated, Package

if TYPE_CHECKING:
    from seawall.sources.repositories.languages import Release
    from seawall.sources.repositories.repository import Entry

ECOSYSTEMS = {
    "cargo": "crates.io",
    "gem": "RubyGems",
    "golang": "Go",
    "maven": "Maven",
    "npm": "npm",
    "nuget": "NuGet",
    "pypi": "PyPI",
    "deb": "Debian",
    "apk": "Alpine",
    "rpm": "Azure Linux",
}
"""The ordering of versions for each purl type."""

_NUMBERS = re.compile(r"v?(\d+)(?:\.(\d+))?")
_PYTHON = re.compile(r"python(\d+\.\d+)/")
_MAVEN_PRE = re.compile(
    r"(?i)(?:^|[.\-_\d])(?:alpha|beta|rc|cr|m|milestone|snapshot|preview|pre|ea|dev|b|a)[.\-_]?\d*(?:$|[.\-_+])"
)
_FLAVOUR = re.compile(r"[-.]([A-Za-z]\w*)$")
_DATE_AS_VERSION = 19_000_000  # Maven's commons-io 20030203.000550 is older than 2.0


def outdated_system(image: str, package: Package, offers: Iterable[Entry]) -> Outdated | None:
    """A package of the operating system against its repositories; None where nothing is newer. Raises Malformed."""
    ecosystem = ECOSYSTEMS[package.type]
    installed = key(ecosystem, package.version)
    newest = max(offers, key=lambda entry: key(ecosystem, entry.version), default=None)
    if newest is None or key(ecosystem, newest.version) <= installed:
        return None
    return _outdated(image, package, newest.version, newest.version, where=newest.repository)


def outdated_language(image: str, package: Package, releases: Iterable[Release], where: str) -> Outdated | None:
    """A package of a language against its registry. Raises Malformed where the installed version has no order.

    Pre-releases, withdrawn releases and those for another Python do not count; versions without order are left out.
    """
    ecosystem, pre = ECOSYSTEMS[package.type], _is_pre(package.type)
    installed, here = key(ecosystem, package.version), _line(package)
    withdrawn = ""
    newer: list[tuple[Any, Release]] = []
    for release in releases:
        try:
            order = key(ecosystem, release.version)
        except Malformed:
            continue
        if order == installed:
            withdrawn = release.withdrawn
        elif order > installed and not release.withdrawn and not pre(release.version) and _fits(package, release):
            newer.append((order, release))
    newer.sort(key=lambda pair: pair[0])
    in_line = [release for _, release in newer if here is None or _line_of(release.version) == here]
    best = in_line[-1:] or [release for _, release in newer[-1:]]
    if not best and not withdrawn:
        return None
    return _outdated(
        image,
        package,
        in_line[-1].version if in_line else "",
        newer[-1][1].version if newer else "",
        where=where,
        released=best[0].released if best else "",
        withdrawn=withdrawn,
    )


def _outdated(
    image: str, package: Package, in_line: str, newest: str, *, where: str, released: str = "", withdrawn: str = ""
) -> Outdated:
    separator = ":" if package.type == "maven" else "/"
    of_language = package.namespace and package.type in ("maven", "npm", "golang")
    return Outdated(
        image=image,
        type=package.type,
        name=f"{package.namespace}{separator}{package.name}" if of_language else package.name,
        installed=package.version,
        newest_in_line=in_line,
        newest=newest,
        released=released,
        where=where,
        withdrawn=withdrawn,
        purl=package.purl,
        path=package.path,
    )


def _line(package: Package) -> tuple[int, ...] | None:
    """What has to stay the same; None for Go, where another line has another path."""
    return None if package.type == "golang" else _line_of(package.version)


def _line_of(version: str) -> tuple[int, ...]:
    """The major version, and before 1.0 the minor too, as Semantic Versioning and Cargo have it."""
    match = _NUMBERS.match(version)
    if match is None:
        return ()
    major = int(match[1][:18])
    return (major,) if major else (0, int((match[2] or "0")[:18]))


@cache
def _is_pre(kind: str) -> Callable[[str], bool]:
    """What tells pre-releases of one type."""
    if kind == "pypi":
        return _python_pre
    if kind == "gem":
        return lambda version: any(char.isalpha() for char in version)
    if kind == "maven":
        return lambda version: _MAVEN_PRE.search(version) is not None
    return lambda version: "-" in version.partition("+")[0]


def _python_pre(version: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version).is_prerelease
    except InvalidVersion:
        return True


def _fits(package: Package, release: Release) -> bool:
    """Whether a release could take the package's place: its Python, its flavour (`-jre`), no `+incompatible` one."""
    if package.type == "pypi":
        return _for_python(package.path, release.requires)
    if package.type == "golang":
        return not release.version.endswith("+incompatible") or package.version.endswith("+incompatible")
    if package.type == "maven":
        dated = max(_line_of(release.version), default=0) > _DATE_AS_VERSION
        same = _flavour(package.version) == _flavour(release.version)
        return same and (not dated or max(_line_of(package.version), default=0) > _DATE_AS_VERSION)
    return True


def _flavour(version: str) -> str:
    """`jre` of 33.0.0-jre; words that only say that it is a release are none."""
    word = match[1].lower() if (match := _FLAVOUR.search(version)) else ""
    return "" if word in ("final", "ga", "release") else word


def _for_python(path: str, requires: str) -> bool:
    """By the folder of the interpreter, where the path names one."""
    python = _PYTHON.search(path)
    if python is None or not requires:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(requires).contains(f"{python[1]}.99")
    except InvalidSpecifier:
        return True
