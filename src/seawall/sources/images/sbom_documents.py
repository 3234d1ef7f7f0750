"""The two formats of SBOM, each read into the same few facts.

https://cyclonedx.org/docs/1.6/json/ and https://spdx.github.io/spdx-spec/v2.3/ have the fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model import NotAssessed

CYCLONEDX = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
SPDX = ("SPDX-2.2", "SPDX-2.3")
TELLS_SOURCES = ("seawall", "syft", "trivy")
"""Tools that name the source package wherever it is not of the same name."""

_PACKAGES = frozenset({"library", "framework", "application"})
_GAP = re.compile(r"seawall:notAssessed:([0-9]+):(what|where|why)")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A component that may be a package, as the SBOM has it; "" for what it does not say."""

    name: str
    version: str
    purl: str
    properties: dict[str, str]


class Bom(msgspec.Struct, frozen=True, kw_only=True):
    """What an SBOM says. `systems` are name and version of operating systems."""

    name: str
    platform: str
    entries: tuple[Entry, ...]
    systems: tuple[tuple[str, str], ...]
    tells_sources: bool
    tells_owners: bool
    not_assessed: tuple[NotAssessed, ...] = ()


class _Property(msgspec.Struct):
    name: str = ""
    value: str | None = None


class _Component(msgspec.Struct):
    type: str = ""
    name: str = ""
    version: str | None = None
    purl: str | None = None
    properties: list[_Property] | None = None
    components: list[_Component] | None = None


class _Metadata(msgspec.Struct):
    component: _Component | None = None
    tools: Any = None
    properties: list[_Property] | None = None


class _CycloneDx(msgspec.Struct, rename="camel"):
    spec_version: str
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    components: list[_Component] | None = None


def cyclonedx(document: object, *, where: str) -> Bom:
    """Raises Unsupported for another version, and msgspec.ValidationError for another shape."""
    bom = msgspec.convert(document, _CycloneDx)
    _known(f"CycloneDX {bom.spec_version}", [f"CycloneDX {each}" for each in CYCLONEDX], where)
    root = bom.metadata.component or _Component()
    tools = _tools(bom.metadata.tools)
    everything = [*_flat([root]), *_flat(bom.components or [])]
    systems = [each for each in everything if each.type == "operating-system"]
    containers = len({each.name for each in everything if each.type == "container"})
    return Bom(
        name=root.name,
        platform=_told(root.properties).get("seawall:platform", ""),
        entries=tuple(_entry(each) for each in everything if _is_package(each, root)),
        systems=tuple(
            (_told(each.properties).get("syft:distro:id", each.name), each.version or "") for each in systems
        ),
        tells_sources=not tools.isdisjoint(TELLS_SOURCES),
        tells_owners="seawall" in tools,
        not_assessed=(*_gaps(_told(bom.metadata.properties)), *_several(containers, where)),
    )


def _is_package(component: _Component, root: _Component) -> bool:
    """A lock file or a folder that holds packages has the type `application` and no purl; so has a whole product."""
    if component.purl:
        return component.type in _PACKAGES and not component.purl.startswith("pkg:oci/")
    return component.type in ("library", "framework") and component is not root


def _entry(component: _Component) -> Entry:
    return Entry(
        name=component.name,
        version=component.version or "",
        purl=component.purl or "",
        properties=_told(component.properties),
    )


def _flat(components: Iterable[_Component]) -> Iterator[_Component]:
    todo = list(components)[::-1]
    while todo:
        component = todo.pop()
        yield component
        todo += (component.components or [])[::-1]


def _told(properties: Iterable[_Property] | None) -> dict[str, str]:
    return {each.name: each.value or "" for each in properties or ()}


def _tools(tools: Any) -> set[str]:
    """The names of the tools: a list of them up to 1.4, an object with components from 1.5 on."""
    listed = tools.get("components") if isinstance(tools, dict) else tools
    return {str(tool.get("name", "")).lower() for tool in listed or () if isinstance(tool, dict)}


class _Reference(msgspec.Struct, rename="camel"):
    reference_type: str = ""
    reference_locator: str = ""


class _Annotation(msgspec.Struct):
    comment: str = ""


class _SpdxPackage(msgspec.Struct, rename="camel"):
    spdx_id: str = msgspec.field(name="SPDXID", default="")
    name: str = ""
    version_info: str | None = None
    source_info: str | None = None
    primary_package_purpose: str = ""
    external_refs: list[_Reference] | None = None
    annotations: list[_Annotation] | None = None
    attribution_texts: list[str] | None = None


class _Relationship(msgspec.Struct, rename="camel"):
    spdx_element_id: str = ""
    relationship_type: str = ""
    related_spdx_element: str = ""


class _Creation(msgspec.Struct):
    creators: list[str] | None = None


class _Spdx(msgspec.Struct, rename="camel"):
    spdx_version: str
    name: str = ""
    creation_info: _Creation = msgspec.field(default_factory=_Creation)
    document_describes: list[str] | None = None
    packages: list[_SpdxPackage] | None = None
    relationships: list[_Relationship] | None = None
    annotations: list[_Annotation] | None = None


def spdx(document: object, *, where: str) -> Bom:
    """Raises Malformed, Unsupported for another version, and msgspec.ValidationError for another shape."""
    if not isinstance(document, dict) or "spdxVersion" not in document:
        raise Malformed("says neither that it is CycloneDX nor which SPDX it is", where=where)
    bom = msgspec.convert(document, _Spdx)
    _known(bom.spdx_version, SPDX, where)
    packages = bom.packages or []
    described = set(bom.document_describes or ()) | {
        each.related_spdx_element
        for each in bom.relationships or ()
        if each.relationship_type == "DESCRIBES" and each.spdx_element_id == "SPDXRef-DOCUMENT"
    }
    roots = [each for each in packages if each.spdx_id in described and not _purl(each)] or [
        each for each in packages if each.primary_package_purpose == "CONTAINER"
    ]
    root = roots[0] if len(roots) == 1 else _SpdxPackage(name=bom.name)
    creators = " ".join(bom.creation_info.creators or ()).lower()
    return Bom(
        name=root.name,
        platform=_noted(root).get("seawall:platform", ""),
        entries=tuple(_spdx_entry(each) for each in packages if _is_spdx_package(each, described)),
        systems=tuple(
            (each.name, each.version_info or "")
            for each in packages
            if each.primary_package_purpose == "OPERATING-SYSTEM"
        ),
        tells_sources=any(f"tool: {tool}" in creators for tool in TELLS_SOURCES),
        tells_owners="tool: seawall" in creators,
        not_assessed=(*_gaps(_pairs(each.comment for each in bom.annotations or ())), *_several(len(roots), where)),
    )


def _purl(package: _SpdxPackage) -> str:
    return next((ref.reference_locator for ref in package.external_refs or () if ref.reference_type == "purl"), "")


def _is_spdx_package(package: _SpdxPackage, described: set[str]) -> bool:
    if purl := _purl(package):
        return not purl.startswith("pkg:oci/")
    return package.spdx_id not in described and package.primary_package_purpose in ("", "LIBRARY", "FRAMEWORK")


def _spdx_entry(package: _SpdxPackage) -> Entry:
    version = package.version_info or ""
    return Entry(
        name=package.name,
        version="" if version in ("NOASSERTION", "NONE") else version,
        purl=_purl(package),
        properties=_noted(package),
    )


def _noted(package: _SpdxPackage) -> dict[str, str]:
    """The annotations as properties; what Syft and Trivy write into `sourceInfo` in words, too."""
    told = _pairs([*(each.comment for each in package.annotations or ()), *(package.attribution_texts or ())])
    kind, _, rest = (package.source_info or "").partition(": ")
    if kind == "built package from":
        told["SrcName"], _, told["SrcVersion"] = rest.partition(" ")
    elif kind.startswith("acquired package info from"):
        told.setdefault("syft:location:0:path", rest.split(", ")[0])
    return told


def _pairs(comments: Iterable[str]) -> dict[str, str]:
    return {name: value for name, colon, value in (comment.partition(": ") for comment in comments) if colon}


def _gaps(told: dict[str, str]) -> Iterator[NotAssessed]:
    """What a report of Seawall says was not looked at."""
    entries: dict[str, dict[str, str]] = {}
    for name, value in told.items():
        if found := _GAP.fullmatch(name):
            entries.setdefault(found[1], {})[found[2]] = value
    for entry in entries.values():
        yield NotAssessed(what=entry.get("what", ""), where=entry.get("where", ""), why=entry.get("why", ""))


def _several(images: int, where: str) -> Iterator[NotAssessed]:
    if images > 1:
        why = f"this SBOM is of {images:,} images, and was read as one"
        yield NotAssessed(what="which image a package is in", where=where, why=why)


def _known(version: str, versions: Iterable[str], where: str) -> None:
    if version not in versions:
        hint = f"these are read: {', '.join(versions)}"
        raise Unsupported(f"{version} is not read", where=where, hint=hint)
