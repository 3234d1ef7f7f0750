"""Where a package's advisories are: its ecosystem, named as in OSV, and the name and version that they speak of.

Names of ecosystems: https://ossf.github.io/osv-schema/#defined-ecosystems
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from seawall.model import Distro, Package


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What to look up, and the version to judge: the source package's where the feed speaks of source packages.

    `beside` are other ecosystems that speak of the same package: channels for subscribers, parts of a distro.
    `source` is the name and version of the source package where the feeds speak of that, too (Red Hat's VEX does).
    """

    ecosystem: str
    name: str
    version: str
    beside: tuple[str, ...] = ()
    source: tuple[str, str] | None = None


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Why a package cannot be looked up; `where` is what packages with the same reason have in common."""

    where: str
    why: str


def _ubuntu(version: str) -> str:
    year, _, month = version.partition(".")
    long_term = year.isdigit() and int(year) % 2 == 0 and month == "04"
    return f"Ubuntu:{version}:LTS" if long_term else f"Ubuntu:{version}"


def _suse(product: str) -> Callable[[str], str]:
    """VERSION_ID 15.5 is 15 SP5."""

    def ecosystem(version: str) -> str:
        major, _, pack = version.partition(".")
        return f"SUSE:{product} {major} SP{pack}" if pack and pack != "0" else f"SUSE:{product} {major}"

    return ecosystem


_DOTTED = ("3.", "4.", "5.", "6.")  # Debian's releases before 7, whose second number counts


def _major(version: str) -> str:
    return version.partition(".")[0]


def _by_source(package: Package) -> tuple[str, str]:
    """The source package. A source RPM carries no epoch, so it gets that of its binary."""
    version = package.source_version or package.version
    epoch, colon, _ = package.version.partition(":")
    if package.type == "rpm" and colon and ":" not in version:
        version = f"{epoch}:{version}"
    return package.source or package.name, version


def _without_epoch(package: Package) -> tuple[str, str]:
    """As Microsoft's feeds have it: epoch 0 or none in all of them, also of perl, which is installed with epoch 4.

    https://github.com/microsoft/azurelinux/blob/3.0/SPECS/perl/perl.spec
    """
    name, version = _by_source(package)
    return name, version.rpartition(":")[2]


def _by_binary(package: Package) -> tuple[str, str]:
    return package.name, package.version


# os-release ID: the type of its packages, its ecosystem by VERSION_ID, and the package that its feed names
_DISTROS: dict[str, tuple[str, Callable[[str], str], Callable[[Package], tuple[str, str]]]] = {
    "debian": ("deb", lambda version: f"Debian:{version if version[:2] in _DOTTED else _major(version)}", _by_source),
    "ubuntu": ("deb", _ubuntu, _by_source),
    "alpine": ("apk", lambda version: f"Alpine:v{'.'.join(version.split('.')[:2])}", _by_source),
    "wolfi": ("apk", lambda _: "Wolfi", _by_source),
    "chainguard": ("apk", lambda _: "Chainguard", _by_source),
    "azurelinux": ("rpm", lambda version: f"Azure Linux:{_major(version)}", _without_epoch),
    "mariner": ("rpm", lambda version: f"Azure Linux:{_major(version)}", _without_epoch),
    "almalinux": ("rpm", lambda version: f"AlmaLinux:{_major(version)}", _by_binary),
    "rocky": ("rpm", lambda version: f"Rocky Linux:{_major(version)}", _by_binary),
    "rhel": ("rpm", lambda version: f"Red Hat:enterprise_linux:{_major(version)}", _by_binary),
    "sles": ("rpm", _suse("Linux Enterprise Server"), _by_source),
    "opensuse-leap": ("rpm", lambda version: f"openSUSE:Leap {version}", _by_source),
    "opensuse-tumbleweed": ("rpm", lambda _: "openSUSE:Tumbleweed", _by_source),
}
_SUSE_MODULES = ("Basesystem", "Server Applications", "Development Tools", "Python 3", "Web and Scripting")
_BESIDE: dict[str, Callable[[str], tuple[str, ...]]] = {
    "ubuntu": lambda version: (_ubuntu(version).replace("Ubuntu:", "Ubuntu:Pro:", 1),),
    "sles": lambda version: tuple(_suse(f"Linux Enterprise Module for {name}")(version) for name in _SUSE_MODULES),
}
"""Ecosystems that a distro's packages are in besides its own: Ubuntu's for subscribers, SUSE's modules."""
_ROLLING = ("wolfi", "chainguard", "opensuse-tumbleweed")


def _with_namespace(separator: str) -> Callable[[Package], str]:
    return lambda package: f"{package.namespace}{separator}{package.name}" if package.namespace else package.name


# purl type: the ecosystem, and how it names the package
_LANGUAGES: dict[str, tuple[str, Callable[[Package], str]]] = {
    "bitnami": ("Bitnami", lambda package: package.name),
    "cargo": ("crates.io", lambda package: package.name),
    "composer": ("Packagist", lambda package: _with_namespace("/")(package).lower()),
    "gem": ("RubyGems", lambda package: package.name),
    "golang": ("Go", _with_namespace("/")),
    "hex": ("Hex", lambda package: package.name),
    "maven": ("Maven", _with_namespace(":")),
    "npm": ("npm", _with_namespace("/")),
    "nuget": ("NuGet", lambda package: package.name),
    "pub": ("Pub", lambda package: package.name),
    "pypi": ("PyPI", lambda package: re.sub(r"[-_.]+", "-", package.name).lower()),
}
_NO_VERSION = ("", "(devel)", "(unknown)")
OS_TYPES = ("alpm", "apk", "deb", "rpm")
# Headers never run, and the kernel that does is the node's: grype leaves them out by default, too.
_KERNEL_HEADERS = re.compile(r"linux-(libc-dev|headers\b|tools-common)|kernel-headers|linux-api-headers")


def query(package: Package, distro: Distro | None) -> Query | Gap:
    """What to look up for `package`, or why that cannot be done. Whose a package is (`owner`) is not asked here."""
    if package.type in OS_TYPES:
        return _distro_query(package, distro)
    if package.type not in _LANGUAGES:
        return Gap(where=package.type or "packages of no type", why="no advisories are known for this kind of package")
    if package.type == "golang" and package.version in _NO_VERSION:
        return Gap(where="Go main modules", why="built from a working copy, so they do not say their own version")
    if package.type == "maven" and not package.namespace:
        return Gap(where="jars of no group", why="advisories speak of group and artifact; these do not say their group")
    ecosystem, name = _LANGUAGES[package.type]
    return Query(ecosystem=ecosystem, name=name(package), version=package.version)


def _distro_query(package: Package, distro: Distro | None) -> Query | Gap:
    if package.origin:
        return Gap(where=package.origin, why="not from the distro, whose advisories do not speak of these packages")
    if distro is None:
        return Gap(where=f"{package.type} packages", why="the image does not say which distro it is (no os-release)")
    name = distro.name or f"{distro.id} {distro.version}".strip()
    kind, ecosystem, named = _DISTROS.get(distro.id, ("", None, _by_binary))
    if ecosystem is None or kind != package.type:
        return Gap(where=name, why=f"no advisories are known for {package.type} packages of this distro")
    if not distro.version and distro.id not in _ROLLING:
        return Gap(where=name, why="the image does not say which release it is (no VERSION_ID)")
    if _KERNEL_HEADERS.match(package.name):
        return Gap(where="kernel headers", why="flaws of the kernel are those of the node: headers never run")
    asked, version = named(package)
    beside = _BESIDE[distro.id](distro.version) if distro.id in _BESIDE else ()
    source = _by_source(package) if distro.id == "rhel" and package.source not in ("", asked) else None
    return Query(ecosystem=ecosystem(distro.version), name=asked, version=version, beside=beside, source=source)
