"""CSAF 2.0 VEX, https://docs.oasis-open.org/csaf/csaf/v2.0/: one JSON document a vulnerability.

Of Red Hat (https://security.access.redhat.com/data/csaf/v2/vex/) the source packages of RHEL are taken, those of its
extended releases are not. Of Microsoft (https://msrc.microsoft.com/csaf/vex/) what is about Azure Linux.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from seawall.advisories.feed import WORDS, Records, Skipped, cut
from seawall.model import Advisory, Range, Severity
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

_RED_HAT = re.compile(r"cpe:/[ao]:redhat:enterprise_linux:([0-9]+)(?![0-9.])")
_AZURE = re.compile(r"(?:Azure Linux|CBL[- ]Mariner) ([0-9]+)(?:\.0)?")
_NEVRA = re.compile(r"(?P<name>.+)-(?P<epoch>[0-9]+):(?P<version>[^-:]+-[^-:]+)\.src")
_AZURE_PACKAGE = re.compile(r"(?P<below><)?\s*(?P<tag>(?:azl|cbl)[0-9]+) (?P<name>\S+) (?P<version>\S+)")
_PLAIN = re.compile(r"[A-Za-z0-9][\w.+-]*")
_RPM_PURL = re.compile(r"pkg:rpm/[^/]+/(?P<name>[^@?]+)(?:@(?P<version>[^?]+))?(?:\?(?P<more>.*))?")
_MODULE_PURL = re.compile(r"pkg:rpmmod/[^/]+/(?P<name>[^@?]+)@(?P<stream>[^:?]+)")


class _Helper(msgspec.Struct, frozen=True):
    cpe: str = ""
    purl: str = ""


class _Product(msgspec.Struct):
    product_id: str
    name: str = ""
    product_identification_helper: _Helper = _Helper()


class _Branch(msgspec.Struct):
    product: _Product | None = None
    branches: list[_Branch] = []


class _Relationship(msgspec.Struct):
    full_product_name: _Product
    product_reference: str
    relates_to_product_reference: str


class _Tree(msgspec.Struct, frozen=True):
    branches: list[_Branch] = []
    relationships: list[_Relationship] = []


class _Listed(msgspec.Struct):
    category: str = ""
    details: str = ""
    product_ids: list[str] = []


class _Score(msgspec.Struct):
    products: list[str] = []
    cvss_v3: dict[str, Any] | None = None
    cvss_v4: dict[str, Any] | None = None
    cvss_v2: dict[str, Any] | None = None


class _Flaw(msgspec.Struct):
    cve: str = ""
    title: str = ""
    product_status: dict[str, list[str]] = {}
    remediations: list[_Listed] = []
    threats: list[_Listed] = []
    scores: list[_Score] = []


class _Tracking(msgspec.Struct, frozen=True):
    current_release_date: str = ""


class _About(msgspec.Struct, frozen=True):
    tracking: _Tracking = _Tracking()
    title: str = ""


class _Document(msgspec.Struct):
    document: _About
    vulnerabilities: list[_Flaw] = []
    product_tree: _Tree = _Tree()


class _Component(msgspec.Struct, frozen=True):
    """A package of a platform; `below`: what is said is said of every version below this one."""

    ecosystem: str
    name: str
    version: str = ""
    module: str = ""
    below: bool = False


def read(data: bytes, *, source: str, where: str, limits: Limits = DEFAULT) -> Records:
    """A record is a vulnerability."""
    document = json.decode(data, _Document, where=where, limits=limits)
    components = _components(document.product_tree)
    for flaw in document.vulnerabilities:
        yield tuple(_advisories(flaw, document.document, components, source)) or Skipped.ELSEWHERE


def _products(branches: Iterable[_Branch]) -> Iterator[_Product]:
    for branch in branches:
        if branch.product:
            yield branch.product
        yield from _products(branch.branches)


def _components(tree: _Tree) -> dict[str, _Component]:
    """What each product id stands for: a package, as a component of a platform, perhaps by way of an rpm module."""
    products = {product.product_id: product for product in _products(tree.branches)}
    relations = {each.full_product_name.product_id: each for each in tree.relationships}
    found = {}
    for name, relation in relations.items():
        platform, module = relation.relates_to_product_reference, ""
        if outer := relations.get(platform):
            platform, module = outer.relates_to_product_reference, _module(products.get(outer.product_reference))
        package, on = products.get(relation.product_reference), products.get(platform)
        ecosystem = _ecosystem(on) if on else ""
        component = _package(package, ecosystem) if package and ecosystem else None
        if component:
            found[name] = replace(component, module=component.module or module)
    return found


def _ecosystem(platform: _Product) -> str:
    if red_hat := _RED_HAT.match(platform.product_identification_helper.cpe):
        return f"Red Hat:enterprise_linux:{red_hat[1]}"
    azure = _AZURE.search(platform.name)
    return f"Azure Linux:{azure[1]}" if azure else ""


def _module(product: _Product | None) -> str:
    found = _MODULE_PURL.match(product.product_identification_helper.purl) if product else None
    return f"{found['name']}:{found['stream']}" if found else ""


def _package(product: _Product, ecosystem: str) -> _Component | None:
    """By its purl, else by its id or name; None for a binary package, whose source is listed beside it."""
    if azure := _AZURE_PACKAGE.fullmatch(product.name):
        # The release in it lacks the tag that every package has: 1.24.1-1 is installed as 1.24.1-1.azl3, which is newer
        version = f"{azure['version']}.{azure['tag'].replace('cbl', 'cm')}"
        return _Component(ecosystem, azure["name"], version, below=bool(azure["below"]))
    if purl := _RPM_PURL.match(product.product_identification_helper.purl):
        more = dict(each.partition("=")[::2] for each in (purl["more"] or "").split("&"))
        if more.get("arch", "src") != "src":
            return None
        version = f"{more['epoch']}:{purl['version']}" if purl["version"] and more.get("epoch") else purl["version"]
        return _Component(ecosystem, purl["name"], version or "", ":".join(more.get("rpmmod", "").split(":")[:2]))
    if nevra := _NEVRA.fullmatch(product.product_id):
        return _Component(ecosystem, nevra["name"], f"{nevra['epoch']}:{nevra['version']}")
    return _Component(ecosystem, product.product_id) if _PLAIN.fullmatch(product.product_id) else None


def _advisories(flaw: _Flaw, about: _About, components: dict[str, _Component], source: str) -> Iterator[Advisory]:
    """One a package and module: fixed in a version, or affected until further notice."""
    refused = {name for each in flaw.remediations if each.category == "no_fix_planned" for name in each.product_ids}
    packages: dict[tuple[str, str, str], list[tuple[str, Range]]] = {}
    for status, names in flaw.product_status.items():
        for name in names:
            component = components.get(name)
            bounds = _range(status, component) if component else None
            if component and bounds:
                key = component.ecosystem, component.name, component.module
                packages.setdefault(key, []).append((name, bounds))
    for (ecosystem, package, module), said in packages.items():
        ids = [name for name, _ in said]
        fixed = [bounds for _, bounds in said if bounds.fixed]
        yield Advisory(
            id=flaw.cve,
            ecosystem=ecosystem,
            package=f"{module}::{package}" if module else package,
            ranges=tuple(dict.fromkeys(fixed or [bounds for _, bounds in said])),
            summary=cut(flaw.title or about.title),
            severity=_severity(flaw, ids),
            cvss=_vector(flaw, ids),
            source=source,
            modified=about.tracking.current_release_date,
            will_not_fix=not fixed and refused.issuperset(ids),
            modules=(module,) if module else (),
        )


def _range(status: str, component: _Component) -> Range | None:
    """Microsoft bounds what it knows to be affected by a version; Red Hat names the package alone."""
    if status in ("fixed", "first_fixed"):
        return Range(fixed=component.version) if component.version else None
    if status not in ("known_affected", "last_affected"):
        return None
    return Range(fixed=component.version) if component.below else Range(last_affected=component.version)


def _severity(flaw: _Flaw, ids: list[str]) -> Severity:
    for threat in flaw.threats:
        if threat.category == "impact" and (not threat.product_ids or set(ids) & set(threat.product_ids)):
            return WORDS.get(threat.details.lower(), Severity.UNKNOWN)
    return Severity.UNKNOWN


def _vector(flaw: _Flaw, ids: list[str]) -> str:
    for score in flaw.scores:
        for scale in (score.cvss_v3, score.cvss_v4, score.cvss_v2):
            vector = (scale or {}).get("vectorString")
            if isinstance(vector, str) and (not score.products or set(ids) & set(score.products)):
                return vector
    return ""
