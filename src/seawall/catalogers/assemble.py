"""One package list of what was found in all files of an image."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from seawall.catalogers.cataloger import Locked, Owns, Record, Setting
from seawall.catalogers.purl import OS_TYPES, comparable, purl_of
from seawall.catalogers.rpm_vendors import origin_of
from seawall.model import Distro, NotAssessed, Package

DISTRO_FILES = (
    "etc/os-release",
    "usr/lib/os-release",
    "etc/lsb-release",
    "etc/alpine-release",
    "etc/debian_version",
)
"""Where the distro is named, the most telling first."""

SYSTEM_FOLDERS = {
    "pypi": ("usr/lib/python", ("python3-{}", "py3-{}", "python-{}")),
    "npm": ("usr/share/nodejs/", ("node-{}",)),
    "maven": ("usr/share/java/", ("lib{}-java",)),
}
"""Where distros install packages of a language, and how they name them."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the squashed tree that a cataloger asked for, at its path there.

    `versions` are pairs of a layer's diffID and what `catalog` found in the file as that layer has it, oldest first.
    The last is the one that counts. Those before it, back to when the path was last removed, tell which layer
    brought a package: needed for package databases, welcome for any file.
    """

    path: str
    versions: tuple[tuple[str, tuple[Record, ...]], ...]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What is in an image, sorted; `distro` is None where no file names one.

    `configuration` are the files that say where packages come from, by path.
    """

    distro: Distro | None
    packages: tuple[Package, ...]
    not_assessed: tuple[NotAssessed, ...]
    configuration: Mapping[str, bytes] = {}


def assemble(evidence: Iterable[Evidence], *, canonical: Callable[[str], str] = str) -> Contents:
    """All packages with purl, layer, owner and files; doubles dropped: same purl, same file, and for apk and rpm any
    file, as images may hold a database and lists of what is in it. Programs known by their content are left out where a
    package of the operating system owns them.

    `canonical` follows links of folders, so that `lib/x` in a package's list is `usr/lib/x` where lib is a link.
    """
    files = sorted(evidence, key=lambda file: file.path)
    distro = _distro(files)
    records = [record for file in files for record in file.versions[-1][1]]
    found = [_with_origin(package, distro) for file in files for package in _with_layers(file)]
    system = {package.name: package for package in found if package.type in OS_TYPES}
    owners = {canonical(path): each.package for each in records if isinstance(each, Owns) for path in each.paths}
    evidence_of: dict[str, list[str]] = {}
    for path in sorted({canonical(_file(package)) for package in found} & owners.keys()):
        evidence_of.setdefault(owners[path], []).append(path)
    packages: dict[tuple[str, str], Package] = {}
    for package in found:
        if package.type == "generic" and _installed(package, owners, system, canonical):
            continue
        if package.type in OS_TYPES:
            files_owned = tuple(evidence_of.get(package.name, ()))
            package = replace(package, namespace=distro.id if distro else "", files=files_owned)
        else:
            package = replace(package, owner=_owner(package, owners, system, canonical))
        package = replace(package, purl=purl_of(package, distro))
        packages.setdefault((package.purl, package.path if package.type not in ("apk", "rpm") else ""), package)
    ordered = tuple(packages[key] for key in sorted(packages))
    return Contents(
        distro=distro,
        packages=ordered,
        not_assessed=_not_assessed(records, distro, ordered),
        configuration={
            file.path: each.content for file in files for each in file.versions[-1][1] if isinstance(each, Setting)
        },
    )


def _distro(files: Iterable[Evidence]) -> Distro | None:
    """The distro of the most telling file; Debian's own file gives the version that testing and sid leave out."""
    by_path = {file.path: record for file in files for record in file.versions[-1][1] if isinstance(record, Distro)}
    distro = next((by_path[path] for path in DISTRO_FILES if path in by_path), None)
    if distro and distro.id == "debian" and not distro.version and "etc/debian_version" in by_path:
        return replace(distro, version=by_path["etc/debian_version"].version)
    return distro


def _with_layers(file: Evidence) -> list[Package]:
    """The packages of the last version of a file, each with the first layer since which every version has it.

    Their path is the file's in the tree: a layer may hold it under another name, behind a link.
    """
    since: dict[tuple[str, ...], str] = {}
    now: list[Package] = []
    for layer, records in file.versions:
        now = [record for record in records if isinstance(record, Package)]
        since = {key: since.get(key, layer) for key in map(_identity, now)}
    return [
        replace(package, layer=since[_identity(package)], path=file.path + package.path[len(_file(package)) :])
        for package in now
    ]


def _with_origin(package: Package, distro: Distro | None) -> Package:
    return replace(package, origin=origin_of(package.origin, distro)) if package.type == "rpm" else package


def _identity(package: Package) -> tuple[str, ...]:
    inside = package.path.partition("!/")[2]
    return package.type, package.namespace, package.name, package.version, package.arch, inside


def _file(package: Package) -> str:
    return package.path.partition("!/")[0]


def _owner(
    package: Package, owners: Mapping[str, str], system: Mapping[str, Package], canonical: Callable[[str], str]
) -> str:
    """The OS package that owns the evidence of a language's package, "" where none does.

    Where no list of files came with the database (distroless, some apk), a package in a folder of the distro belongs
    to the installed OS package that the distro would name after it, a program to the one of its name. A vendor's
    package (NodeSource's nodejs with its npm) is no owner: the distro's advisories do not speak of what is in it, those
    of the language do.
    """
    path = canonical(_file(package))
    candidates = [owners[path]] if path in owners else []
    if not owners and package.type in SYSTEM_FOLDERS:
        folder, patterns = SYSTEM_FOLDERS[package.type]
        name = re.sub(r"[-_.]+", "-", package.name).lower()
        candidates = [pattern.format(name) for pattern in patterns] if path.startswith(folder) else []
    if not owners and package.type in ("cargo", "golang"):
        candidates = [path.rpartition("/")[2]] if re.match(r"(?:usr/)?s?bin/", path) else []
    return next((each for each in candidates if each in system and not system[each].origin), "")


def _installed(
    package: Package, owners: Mapping[str, str], system: Mapping[str, Package], canonical: Callable[[str], str]
) -> bool:
    """Whether a package of the operating system brought a program: by its file, or by its name where no list came."""
    if owners:
        return canonical(package.path) in owners
    return any(package.name in (each.name, each.source) for each in system.values())


def _not_assessed(
    records: Iterable[Record], distro: Distro | None, packages: Iterable[Package]
) -> tuple[NotAssessed, ...]:
    """What the catalogers could not read, and what cannot be judged for want of a database or a Maven group."""
    said = {record for record in records if isinstance(record, NotAssessed)}
    if distro and not any(package.type in OS_TYPES for package in packages):
        why = "the image names its distro, and has no package database that could be read"
        said.add(NotAssessed(what=f"packages of {distro.name or distro.id}", where="", why=why))
    if not distro and not any(package.type in OS_TYPES for package in packages):
        why = "no file names a distro and there is no package database; programs copied in by hand are not known"
        said.add(NotAssessed(what="operating system", where="", why=why))
    for package in packages:
        if package.type == "maven" and not package.namespace and not package.owner:
            why = "nothing tells its Maven group, by which advisories are keyed"
            said.add(NotAssessed(what=f"advisories of {package.name} {package.version}", where=package.path, why=why))
    said.update(_not_installed([each for each in records if isinstance(each, Locked)], packages))
    return tuple(sorted(said))


def _not_installed(locks: Iterable[Locked], packages: Iterable[Package]) -> Iterator[NotAssessed]:
    """Packages that a lock file asks for and that nothing installed answers to."""
    there = {
        (each.type, comparable(each.type, f"{each.namespace}/{each.name}".lstrip("/")), each.version)
        for each in packages
    }
    for lock in locks:
        missing = [f"{name} {version}" for name, version in lock.packages if (lock.type, name, version) not in there]
        if missing:
            named = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
            why = (
                f"it asks for {len(lock.packages)}, of which {len(missing)} are not seen installed ({named}): they may "
                "be bundled into the application, or not be in the image at all"
            )
            yield NotAssessed(what="packages of this lock file", where=lock.path, why=why)
