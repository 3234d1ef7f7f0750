"""SBOMs as images whose packages are listed already: CycloneDX 1.2 to 1.7 and SPDX 2.2 and 2.3, in JSON.

What a foreign SBOM lacks and matching needs (the distro, source packages, versions, owners) is in `not_assessed`.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model import Distro, Image, Layer, NotAssessed, Package
from seawall.safe import files, json
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.images.image import ImageSource
from seawall.sources.images.sbom_documents import Bom, Entry, cyclonedx, spdx
from seawall.sources.images.sbom_purl import Purl, parse, without

OS_TYPES = ("alpm", "apk", "deb", "rpm")

_MARKS = {
    ".json": rb'"bomFormat"\s*:\s*"CycloneDX"|"spdxVersion"\s*:|"https?://spdx.org/rdf/3',
    ".cdx": rb'"bomFormat"\s*:|http://cyclonedx\.org/schema/bom',
    ".xml": rb"http://cyclonedx\.org/schema/bom",
    ".spdx": rb'"spdxVersion"\s*:|(?m:^SPDXVersion:)',
}
"""What tells an SBOM, by the ending of its name."""

_NO_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*([<#]|[A-Za-z]+:)")

_DISTROS = {
    "alma": "almalinux",
    "cbl-mariner": "mariner",
    "opensuse.leap": "opensuse-leap",
    "opensuse.tumbleweed": "opensuse-tumbleweed",
    "redhat": "rhel",
    "suse linux enterprise server": "sles",
}
"""Trivy's words for distros, and the ID of their os-release."""

_OF_A_RUN = re.compile(
    r"[\d,]+ packages?|advisory database|newest advisories of .*|new flaws of .*|[\d,]+ findings? on clusters"
    r"|which flaws are exploited \(CISA KEV\)|how likely exploits are \(EPSS\)|the run"
)
"""Gaps in a report of Seawall that speak of its advisories, and are no gaps in what was read."""


def is_sbom(path: Path, *, limits: Limits = DEFAULT) -> bool:
    """Whether a file is an SBOM of any kind, whether it can be read here or not. Raises InputError."""
    mark = _MARKS.get(path.suffix.lower())
    return mark is not None and re.search(mark, _content(path, limits)) is not None


def open_sbom(path: Path, *, limits: Limits = DEFAULT) -> ImageSource:
    """The SBOM as an image that is cataloged. Raises InputError: Unsupported for another format or version."""
    where = str(path)
    data = _content(path, limits)
    if _NO_JSON.match(data):
        hint = "have its tool write JSON, or convert it (`cyclonedx convert`, `pyspdxtools`)"
        raise Unsupported("an SBOM in XML or tag-value form, which is not read", where=where, hint=hint)
    image = read_sbom(json.load(data, where=where, limits=limits), where=where)
    return ImageSource(image=image, layers=(), cataloged=True)


def read_sbom(document: object, *, where: str) -> Image:
    """What a decoded SBOM lists, as an image. Raises Malformed, Unsupported."""
    if isinstance(document, dict) and "spdx.org/rdf/3" in str(document.get("@context", "")):
        hint = "have its tool write SPDX 2.3 or CycloneDX, in JSON"
        raise Unsupported("SPDX 3 is not read", where=where, hint=hint)
    try:
        read = cyclonedx if isinstance(document, dict) and "bomFormat" in document else spdx
        bom = read(document, where=where)
    except (msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Malformed(f"not the SBOM it should be: {error}", where=where) from None
    return _image(bom, where)


def _content(path: Path, limits: Limits) -> bytes:
    """The file in UTF-8; PowerShell writes what it redirects in UTF-16."""
    data = files.read(path, limits=limits)
    if data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data
    return data.decode("utf-16", "replace").encode("utf-8", "replace")


def _image(bom: Bom, where: str) -> Image:
    name = bom.name or where
    missing: Counter[str] = Counter()
    packages = tuple(dict.fromkeys(_packages(bom.entries, missing)))
    distro = _distro(bom, packages, where)
    gaps = [
        *(gap for gap in bom.not_assessed if not _OF_A_RUN.fullmatch(gap.what)),
        *(
            NotAssessed(what=f"components of the SBOM ({count:,})", where=name, why=why)
            for why, count in missing.items()
        ),
        *_lacking(bom, packages, distro, name),
    ]
    layers = dict.fromkeys(package.layer for package in packages if package.layer)
    return Image(
        name=name,
        file=where,
        platform=bom.platform,
        distro=distro,
        layers=tuple(Layer(diff_id=layer) for layer in layers),
        packages=packages,
        not_assessed=tuple(sorted(set(gaps))),
    )


def _packages(entries: Iterable[Entry], missing: Counter[str]) -> Iterator[Package]:
    """What can be matched; the reasons why the rest cannot are counted."""
    for entry in entries:
        purl = parse(entry.purl)
        if purl is None:
            missing["it gives no package URL for them that can be read, so nobody knows what they are"] += 1
        elif not (version := _version(entry, purl)):
            missing["it does not say their versions"] += 1
        else:
            yield _package(entry, purl, version)


def _package(entry: Entry, purl: Purl, version: str) -> Package:
    told = entry.properties
    source, source_version = _source(entry, purl)
    return Package(
        type=purl.type,
        namespace=purl.namespace,
        name=entry.name if _plain(entry.name) == _plain(purl.name) else purl.name,
        version=version,
        arch=purl.qualifiers.get("arch", "") if purl.type in OS_TYPES else "",
        source=source,
        source_version=source_version,
        path=_first(told, "syft:location:0:path", "aquasecurity:trivy:FilePath", "FilePath").lstrip("/"),
        layer=_first(told, "syft:location:0:layerID", "aquasecurity:trivy:LayerDiffID", "LayerDiffID"),
        owner=told.get("seawall:owner", ""),
        claimed=told.get("seawall:claimed", ""),
        origin=told.get("seawall:origin", ""),
        module=_module(_first(told, "syft:metadata:modularityLabel", "aquasecurity:trivy:Modularitylabel")),
        purl=without(entry.purl, "upstream"),
    )


def _version(entry: Entry, purl: Purl) -> str:
    """As the package manager has it: an epoch that only the purl knows is put before it."""
    version, epoch = entry.version or purl.version, purl.qualifiers.get("epoch", "")
    if version and purl.type in OS_TYPES and epoch not in ("", "0") and ":" not in version:
        return f"{epoch}:{version}"
    return version


def _source(entry: Entry, purl: Purl) -> tuple[str, str]:
    """Name and version of the source package: by the purl's `upstream`, as Syft writes it, or as Trivy says it."""
    upstream = purl.qualifiers.get("upstream", "")
    if upstream.endswith(".src.rpm"):
        parts = upstream.removesuffix(".src.rpm").rsplit("-", 2)
        return (parts[0], "-".join(parts[1:])) if len(parts) == 3 else ("", "")
    if upstream:
        name, _, version = upstream.partition("@")
        return name, version
    part = {word: _first(entry.properties, f"aquasecurity:trivy:{word}", word) for word in _TRIVY}
    version = "-".join(filter(None, (part["SrcVersion"], part["SrcRelease"])))
    epoch = part["SrcEpoch"]
    return part["SrcName"], f"{epoch}:{version}" if version and epoch not in ("", "0") else version


_TRIVY = ("SrcName", "SrcVersion", "SrcRelease", "SrcEpoch")


def _first(told: dict[str, str], *names: str) -> str:
    return next((told[name] for name in names if told.get(name)), "")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _module(label: str) -> str:
    """The stream of a label `name:stream:version:context`."""
    return ":".join(label.split(":")[:2])


def _distro(bom: Bom, packages: Iterable[Package], where: str) -> Distro | None:
    """As the operating system component says, else as the purls of most packages do. Raises Unsupported for two."""
    systems = dict.fromkeys(_named(*system) for system in bom.systems)
    if len(systems) > 1:
        names = ", ".join(f"{each.id} {each.version}" for each in systems)
        hint = "write one SBOM an image"
        raise Unsupported(f"tells of several operating systems ({names}) in one document", where=where, hint=hint)
    if systems:
        return next(iter(systems))
    said = Counter(
        _qualified(package, purl.qualifiers["distro"])
        for package in packages
        if package.type in OS_TYPES and (purl := parse(package.purl)) and purl.qualifiers.get("distro")
    )
    return said.most_common(1)[0][0] if said else None


def _named(name: str, version: str) -> Distro:
    plain = name.lower()
    return Distro(id=_DISTROS.get(plain, plain), version=version)


def _qualified(package: Package, distro: str) -> Distro:
    """`debian-12`, `opensuse-leap-15.5`, or the release alone."""
    if distro[:1].isdigit():
        return _named(package.namespace, distro)
    name, dash, version = distro.rpartition("-")
    return _named(name, version) if dash and version[:1].isdigit() else _named(distro, "")


def _lacking(bom: Bom, packages: tuple[Package, ...], distro: Distro | None, name: str) -> Iterator[NotAssessed]:
    """What the SBOM does not say and a sure judgement needs."""
    of_system = [package for package in packages if package.type in OS_TYPES]
    of_languages = len(packages) - len(of_system)
    if of_system and distro is None:
        why = "the SBOM does not say which distro they are of, so no advisories can be looked up"
        yield NotAssessed(what=f"distro of {len(of_system):,} packages", where=name, why=why)
    if of_system and not bom.tells_sources and not any(package.source for package in of_system):
        why = "the SBOM names no source packages, of which most distros' advisories speak; their own names were taken"
        yield NotAssessed(what=f"source packages of {len(of_system):,} packages", where=name, why=why)
    if of_system and of_languages and not bom.tells_owners:
        why = "the SBOM does not say which of them the distro brought and patches; all were judged as not its own"
        yield NotAssessed(what=f"owners of {of_languages:,} language packages", where=name, why=why)
    if not packages:
        yield NotAssessed(what="packages", where=name, why="the SBOM lists none")
