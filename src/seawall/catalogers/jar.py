"""Java archives, and all archives inside them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import Example, Record, cataloger, text, unreadable
from seawall.catalogers.jar_identity import Identity, from_pom, identify, manifest_of
from seawall.errors import InputError, LimitExceeded
from seawall.model import NotAssessed, Package
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.zip import Zip

ARCHIVES = (".jar", ".war", ".ear", ".par", ".jpi", ".hpi", ".sar", ".nar")
MANIFEST = "META-INF/MANIFEST.MF"
LOG4J = ("org.apache.logging.log4j", "log4j-core")
JNDI_LOOKUP = "log4j/core/lookup/JndiLookup.class"
"""The class behind Log4Shell, CVE-2021-44228. It is in log4j-core from 2.0-beta9 on, and in what shades it."""

EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
STRUTS_ZIP = (
    b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00!\x00\x9c\x04\x8azA\x00\x00\x00A\x00\x00\x00\x0e\x00\x00\x00"
    b"pom.propertiesgroupId=org.apache.struts\nartifactId=struts2-core\nversion=2.3.31\n"
    b"PK\x01\x02\x14\x00\x14\x00\x00\x00\x00\x00\x00\x00!\x00\x9c\x04\x8azA\x00\x00\x00A\x00\x00\x00\x0e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00"
    b"pom.properties"
    b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00<\x00\x00\x00m\x00\x00\x00\x00\x00"
)

SHADED = Example(
    path="app/ROOT.war",
    content=STRUTS_ZIP,
    finds=(
        Package(
            type="maven", namespace="org.apache.struts", name="struts2-core", version="2.3.31", path="app/ROOT.war"
        ),
    ),
)
NAMED = Example(
    path="opt/app/gson-2.8.6.jar",
    content=EMPTY_ZIP,
    finds=(
        Package(
            type="maven", namespace="com.google.code.gson", name="gson", version="2.8.6", path="opt/app/gson-2.8.6.jar"
        ),
    ),
)
NAMELESS = Example(
    path="opt/app/plugin.jar",
    content=EMPTY_ZIP,
    finds=(
        NotAssessed(
            what="packages in this file",
            where="opt/app/plugin.jar",
            why="neither a pom.properties nor its manifest nor its name tells what this archive is",
        ),
    ),
)


@cataloger(*(f"**/*{suffix}" for suffix in ARCHIVES), examples=[SHADED, NAMED, NAMELESS], bounded=True)
def jar(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """A zip with one package for each pom.properties, so that shaded copies count, and more archives inside.

    What has no pom.properties that fits its name is identified by name and manifest: see `jar_identity.identify`.
    Where nothing tells the group, the package has none; `assemble` then says that it cannot be matched.
    Log4j's JndiLookup.class is looked for by name: there without metadata, or taken out as a remedy, it is told.
    Plain folders of classes are not read.
    """
    yield from _records(path, content, 1, _Budget(limits))


class _Budget:
    """What all archives of one file may take together, so that nesting cannot multiply the bounds of one zip."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._members = 0
        self._bytes = 0

    def take(self, path: str, *, members: int = 0, size: int = 0) -> None:
        self._members += members
        self._bytes += size
        if self._members > self.limits.zip_entries:
            raise LimitExceeded("zip_entries", self.limits.zip_entries, where=path)
        if self._bytes > self.limits.zip_total_bytes:
            raise LimitExceeded("zip_total_bytes", self.limits.zip_total_bytes, where=path)


class _Archive:
    """One archive, open."""

    def __init__(self, path: str, content: bytes, budget: _Budget) -> None:
        self.path = path
        self.stem = path.rpartition("/")[2].rpartition(".")[0]
        self._zip = Zip(content, where=path, limits=budget.limits)
        self._budget = budget
        self.names = self._zip.names
        budget.take(path, members=1 + len(self.names))

    def read(self, name: str, *, in_parts: bool = False) -> bytes:
        content = self._zip.read(name, in_parts=in_parts)
        self._budget.take(self.path, size=len(content))
        return content

    def text(self, name: str) -> str:
        return text(f"{self.path}!/{name}", self.read(name), self._budget.limits)


def _records(path: str, content: bytes, depth: int, budget: _Budget) -> Iterator[Record]:
    if depth > budget.limits.jar_depth:
        raise LimitExceeded("jar_depth", budget.limits.jar_depth, where=path)
    archive = _Archive(path, content, budget)
    found = False
    try:
        for record in _own(archive):
            found = True
            yield record
    except InputError as error:
        found = True
        yield _unless_spent(error)
    for name in archive.names:
        if name.endswith(ARCHIVES):
            found = True
            try:
                yield from _records(f"{path}!/{name}", archive.read(name, in_parts=True), depth + 1, budget)
            except InputError as error:
                yield _unless_spent(error)
    if not found:
        why = "neither a pom.properties nor its manifest nor its name tells what this archive is"
        yield NotAssessed(what="packages in this file", where=path, why=why)


def _unless_spent(error: InputError) -> NotAssessed:
    """The rest of the file can still be read after this error, unless its budget is spent."""
    if isinstance(error, LimitExceeded) and error.limit in ("zip_entries", "zip_total_bytes"):
        raise error
    return unreadable(error.where, error)


def _own(archive: _Archive) -> Iterator[Package | NotAssessed]:
    """What the archive itself is and has shaded in, without the archives inside."""
    manifest = manifest_of(archive.text(MANIFEST)) if MANIFEST in archive.names else {}
    identities = _identities(archive, manifest)
    for each in identities:
        yield _package(archive.path, each)
    yield from _log4j(archive, identities, manifest)


def _identities(archive: _Archive, manifest: dict[str, str]) -> list[Identity]:
    """The poms' coordinates, and those of the archive itself where no pom is its own."""
    candidates = [name for name in archive.names if name.endswith(("pom.properties", "/pom.xml"))]
    poms = [from_pom(name, archive.text(name)) for name in candidates if name.rpartition("/")[2] == "pom.properties"]
    known = {(pom.group, pom.artifact) for pom in poms}
    bare = (from_pom(name, "") for name in candidates if name.endswith("/pom.xml"))
    poms += [pom for pom in bare if pom.artifact and (pom.group, pom.artifact) not in known]
    own = identify(archive.stem, manifest)
    if own is None:
        return poms
    poms = [
        msgspec.structs.replace(pom, version=pom.version or own.version) if pom.artifact == own.artifact else pom
        for pom in poms
    ]
    fits = any(
        pom.artifact == own.artifact or (pom.version and archive.stem.startswith(f"{pom.artifact}-{pom.version}"))
        for pom in poms
    )
    renamed = len(poms) == 1 and poms[0].version == own.version
    return poms if fits or renamed else [*poms, own]


def _package(path: str, each: Identity) -> Package | NotAssessed:
    if not each.artifact or not each.version:
        name = ":".join(filter(None, (each.group, each.artifact))) or "a package"
        return NotAssessed(what=f"{name} in this file", where=path, why="its pom gives no artifact or no version")
    return Package(type="maven", namespace=each.group, name=each.artifact, version=each.version, path=path)


def _log4j(archive: _Archive, identities: list[Identity], manifest: dict[str, str]) -> Iterator[Package | NotAssessed]:
    """Log4Shell by its class: there without metadata, or taken out of a log4j-core."""
    version = next((each.version for each in identities if (each.group, each.artifact) == LOG4J), "")
    there = any(name.endswith(JNDI_LOOKUP) for name in archive.names)
    if there and not version:
        stated = manifest.get("Implementation-Version", "")
        if stated and manifest.get("Implementation-Title") == "Apache Log4j Core":
            yield _package(archive.path, Identity(*LOG4J, stated))
        else:
            why = "JndiLookup.class, of CVE-2021-44228, is in it, and nothing tells the version"
            yield NotAssessed(what="log4j-core in this file", where=archive.path, why=why)
    elif version and not there and any("log4j/core/" in name for name in archive.names if name.endswith(".class")):
        why = f"JndiLookup.class is not in this log4j-core {version}: it was taken out, a remedy against CVE-2021-44228"
        yield NotAssessed(what="Log4Shell in this file", where=archive.path, why=why)
