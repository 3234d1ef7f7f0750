"""Azure Linux's OVAL, https://github.com/microsoft/AzureLinuxVulnerabilityData: one XML file a release.

A definition names tests, a test an object (the source package) and a state (a bound on its EVR). Every operator counts,
also lower bounds and `less than or equal`, which bounds a flaw that has no patch: a newer package is not affected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from seawall.advisories.feed import WORDS, Records, Skipped, cut
from seawall.model import Advisory, Range, Severity
from seawall.safe import xml
from seawall.safe.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # noqa: TID251 (the type only)

_DEFINITIONS = "{http://oval.mitre.org/XMLSchema/oval-definitions-5}"
_LINUX = "{http://oval.mitre.org/XMLSchema/oval-definitions-5#linux}"
_RELEASE = re.compile(r"\.(?:cm|azl)([0-9]+)$")
_FILE_RELEASE = re.compile(r"-([0-9]+)\.[0-9]+(?:-preview)?-oval")

Bounds = dict[str, list[Range]]
"""By package: it is affected where one of its ranges holds."""


class _Unknown(Exception):
    """A test of a kind that is not known here."""


def read(data: bytes, *, source: str, where: str, limits: Limits = DEFAULT) -> Records:
    """A record is a definition. One with a test that is not known here affects nothing that could be told."""
    root = xml.parse(data, where=where, limits=limits)
    names = {each.get("id"): each.findtext(f"{_LINUX}name", "") for each in root.iter(f"{_LINUX}rpminfo_object")}
    states = {each.get("id"): each.find(f"{_LINUX}evr") for each in root.iter(f"{_LINUX}rpminfo_state")}
    tests = {}
    for each in root.iter(f"{_LINUX}rpminfo_test"):
        item, state = each.find(f"{_LINUX}object"), each.find(f"{_LINUX}state")
        if item is not None and state is not None:
            tests[each.get("id")] = (names.get(item.get("object_ref"), ""), states.get(state.get("state_ref")))
    file_release = _FILE_RELEASE.search(where)
    for definition in root.iter(f"{_DEFINITIONS}definition"):
        if _text(definition, "patchable") == "Not Applicable":
            yield Skipped.NOT_APPLICABLE
            continue
        try:
            criteria = definition.find(f"{_DEFINITIONS}criteria")
            bounds = _bounds(criteria, tests) if criteria is not None else {}
        except _Unknown:
            bounds = {}
        found = _advisories(definition, bounds, file_release[1] if file_release else "", source)
        yield tuple(found) or Skipped.NO_VERSIONS


def _bounds(criteria: Element, tests: dict[str | None, tuple[str, Element | None]]) -> Bounds:
    """All of the tests at once, or (`OR`) any of them."""
    parts: list[Bounds] = []
    for child in criteria:
        if child.tag == f"{_DEFINITIONS}criteria":
            parts.append(_bounds(child, tests))
        elif child.tag == f"{_DEFINITIONS}criterion":
            name, evr = tests.get(child.get("test_ref"), ("", None))
            if not name or evr is None:
                raise _Unknown
            parts.append({name: [_bound(evr)]})
    found: Bounds = {}
    for part in parts:
        for name, ranges in part.items():
            if name not in found or criteria.get("operator") == "OR":
                found.setdefault(name, []).extend(ranges)
            else:
                found[name] = [_both(one, other) for one in found[name] for other in ranges]
    return found


def _bound(evr: Element) -> Range:
    """`^` sorts right behind a version, so `greater than` begins there."""
    version = (evr.text or "").strip().removeprefix("0:")
    ranges = {
        "less than": Range(fixed=version),
        "less than or equal": Range(last_affected=version),
        "greater than": Range(introduced=f"{version}^"),
        "greater than or equal": Range(introduced=version),
        "equals": Range(introduced=version, last_affected=version),
    }
    found = ranges.get(evr.get("operation", "equals"))
    if found is None or not version:
        raise _Unknown
    return found


def _both(one: Range, other: Range) -> Range:
    """What both allow, each giving another bound. Two of one kind do not occur; the latter counts."""
    said = {name: getattr(other, name) for name in other.__struct_fields__ if getattr(other, name)}
    return replace(one, **said)


def _advisories(definition: Element, bounds: Bounds, file_release: str, source: str) -> Iterator[Advisory]:
    reference = next(definition.iter(f"{_DEFINITIONS}reference"), None)
    cve = reference.get("ref_id", "") if reference is not None else ""
    url = reference.get("ref_url", "") if reference is not None else ""
    for package, ranges in bounds.items():
        tags = (_RELEASE.search(version) for each in ranges for version in (each.fixed, each.last_affected))
        release = next((tag[1] for tag in tags if tag), file_release)
        if release:
            yield Advisory(
                id=f"AZL-{definition.get('id', '').rpartition(':')[2]}",
                aliases=(cve,) if cve else (),
                ecosystem=f"Azure Linux:{release}",
                package=package,
                ranges=tuple(ranges),
                summary=cut(_text(definition, "title")),
                severity=WORDS.get(_text(definition, "severity").lower(), Severity.UNKNOWN),
                refs=(url,) if url else (),
                source=source,
                modified=_text(definition, "advisory_date"),
            )


def _text(definition: Element, name: str) -> str:
    return (definition.findtext(f"{_DEFINITIONS}metadata/{_DEFINITIONS}{name}") or "").strip()
