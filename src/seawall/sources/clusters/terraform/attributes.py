"""Settings of the model out of the attributes of azurerm, through the `terraform` columns of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from seawall.model import Unknown
from seawall.sources.clusters.field import AS_ABSENT, Field, Kind
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.plan import POOL, Values
from seawall.sources.clusters.terraform.resource import Path
from seawall.sources.clusters.values import puzzled, reader

WINDOWS: Mapping[str, str] = {
    "maintenance_window": "default",
    "maintenance_window_auto_upgrade": "aksManagedAutoUpgradeSchedule",
    "maintenance_window_node_os": "aksManagedNodeOSUpgradeSchedule",
}
"""The maintenance configurations that azurerm makes of its blocks: kubernetes_cluster_resource.go, create."""

CRITICAL_ONLY: Final = "CriticalAddonsOnly=true:NoSchedule"
"""The taint of `only_critical_addons_enabled`: website/docs/r/kubernetes_cluster."""

_NOTHING: Final = object()


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """`values` by group and setting; `wrong` what is written and tells nothing; `places` where each is written."""

    values: Values
    wrong: list[tuple[str, Unknown]]
    places: dict[str, Path]


def of_cluster(attributes: Mapping[str, Any], majors: frozenset[int], broken: Unknown | None) -> Read:
    """The settings of a cluster. `broken`: why what is not there may still be set."""
    return _read(_rows(pool=False), attributes, majors, broken)


def of_pool(attributes: Mapping[str, Any], majors: frozenset[int], broken: Unknown | None) -> Read:
    """The settings of a node pool."""
    return _read(_rows(pool=True), attributes, majors, broken)


def majors_by_names(attributes: Iterable[str]) -> frozenset[int]:
    """The major versions that have all these attributes: version 4 has renamed many."""
    names = frozenset(attributes)
    if names & _renamed()[0]:
        return frozenset({3})
    return frozenset({4, 5}) if names & _renamed()[1] else frozenset({3, 4, 5})


class _Row(msgspec.Struct, frozen=True):
    field: Field
    ways: tuple[tuple[tuple[str, ...], Callable[[Any], object]], ...]


@cache
def _rows(*, pool: bool) -> tuple[_Row, ...]:
    fields = (field for field in FIELDS if (field.group == POOL) is pool and not _elsewhere(field))
    return tuple(_Row(field, tuple(_ways(field))) for field in fields)


@cache
def _renamed() -> tuple[frozenset[str], frozenset[str]]:
    """Top-level names that only version 3 has, and those that it did not have."""
    plain = [field for field in FIELDS if "4.0 upgrade guide" in field.terraform_source]
    older = frozenset(name for field in plain for name in field.terraform_older if "." not in name)
    renamed = (field for field in plain if "renamed" in field.terraform_source and "." not in field.terraform)
    return older, frozenset(field.terraform for field in renamed)


def _elsewhere(field: Field) -> bool:
    """True for a setting that has a resource of its own in azurerm, too."""
    return bool(field.resource) and field.kind is not Kind.WINDOWS


def _ways(field: Field) -> Iterable[tuple[tuple[str, ...], Callable[[Any], object]]]:
    """The paths that may hold the setting, with what reads them. Older names come first: they say more."""
    for name in field.terraform_older:
        yield tuple(name.split(".")), _reader(field, field.kind)
    if field.terraform:
        path = field.terraform.removeprefix("default_node_pool.").split(".")
        yield tuple(path), _reader(field, field.terraform_kind or field.kind)


def _reader(field: Field, kind: Kind) -> Callable[[Any], object]:
    base = reader(msgspec.structs.replace(field, kind=kind))
    match kind:
        case Kind.PRESENT:
            return lambda value: True if isinstance(value, list | dict) else puzzled("a block", value)
        case Kind.PORTS:
            return lambda value: base([_renamed_keys(item, _PORTS) for item in _blocks(value)])
        case Kind.KEYS:
            return lambda value: base([_renamed_keys(item, {"key_data": "keyData"}) for item in _blocks(value)])
        case Kind.NUMBER:
            return lambda value: base(int(value) if isinstance(value, str) and value.isdigit() else value)
        case Kind.TEXTS:
            return lambda value: base([str(item) if type(item) in (int, float) else item for item in _list(value)])
        case Kind.TEXT | Kind.ENUM | Kind.BOOL:
            return lambda value: base(_translated(field, value[0] if isinstance(value, list) and value else value))
        case _:
            return base


_PORTS = {"port_start": "portStart", "port_end": "portEnd", "protocol": "protocol"}


def _blocks(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _renamed_keys(item: Any, names: Mapping[str, str]) -> Any:
    return {new: item.get(old) for old, new in names.items()} if isinstance(item, dict) else item


def _translated(field: Field, value: Any) -> Any:
    if not field.terraform_values or isinstance(value, Unknown | list | dict):
        return value
    found = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    return field.terraform_values.get(found, value)


def _read(rows: Sequence[_Row], attributes: Mapping[str, Any], majors: frozenset[int], broken: Unknown | None) -> Read:
    values: Values = {}
    wrong: list[tuple[str, Unknown]] = []
    places: dict[str, Path] = {}
    absent: list[Field] = []
    for row in rows:
        field = row.field
        group = values.setdefault(field.group, {})
        found, place = _windows(attributes) if field.kind is Kind.WINDOWS else _first(row, attributes)
        places[field.path] = place
        if found is _NOTHING:
            absent.append(field)
            continue
        group[field.name] = found
        if isinstance(found, Unknown):
            wrong.append((field.path, found))
    for field in absent:
        values[field.group][field.name] = _absent(field, values, majors) if broken is None else broken
    _taints(attributes, values, places)
    return Read(values=values, wrong=wrong, places=places)


def _first(row: _Row, attributes: Mapping[str, Any]) -> tuple[object, Path]:
    """The first of the ways that leads to a value, and how far the ways lead."""
    deepest: Path = ()
    for path, read in row.ways:
        value, place = _follow(attributes, path)
        deepest = max(deepest, place, key=len)
        if value is not _NOTHING:
            return (value if isinstance(value, Unknown) else read(value)), place
    return _NOTHING, deepest


def _follow(node: Any, path: tuple[str, ...]) -> tuple[Any, Path]:
    """What stands at the path, null and blocks that are not there being nothing."""
    place: list[str | int] = []
    for name in path:
        if isinstance(node, list):
            place.append(0)
            node = node[0] if node else None
        if isinstance(node, Unknown):
            return node, tuple(place)
        if not isinstance(node, dict):
            return (_NOTHING if node is None else puzzled("a block", node)), tuple(place)
        if name not in node:
            return _NOTHING, tuple(place)
        place.append(name)
        node = node[name]
    nothing = node is None or (node == [] and len(place) > 0 and path[-1] in _BLOCKS)
    return (_NOTHING if nothing else node), tuple(place)


_BLOCKS = frozenset(
    field.terraform.rpartition(".")[2]
    for field in FIELDS
    if Kind.PRESENT in (field.kind, field.terraform_kind) or field.kind in (Kind.PORTS, Kind.KEYS)
)


def _absent(field: Field, values: Values, majors: frozenset[int]) -> object:
    """What azurerm makes of a resource without the attribute; unknown where the versions that it may be differ."""
    meaning = field.terraform_absent
    if meaning is AS_ABSENT:
        return field.absent(values[field.group]) if callable(field.absent) else field.absent
    if not callable(meaning):
        return meaning
    answers = [meaning(values, major) for major in sorted(majors)]
    if all(answer == answers[0] for answer in answers):
        return answers[0]
    versions = " and ".join(map(str, sorted(majors)))
    return Unknown(f"what azurerm does by default differs between its versions {versions}, and none is fixed")


def _windows(attributes: Mapping[str, Any]) -> tuple[object, Path]:
    """The names of the maintenance windows; unknown where it is unknown whether one is there."""
    found = [(name, attributes[name]) for name in WINDOWS if attributes.get(name) not in (None, [])]
    unknown = next((value for _, value in found if isinstance(value, Unknown)), None)
    place: Path = (found[0][0],) if found else ()
    if unknown is not None:
        return unknown, place
    return (tuple(sorted(WINDOWS[name] for name, _ in found)) if found else _NOTHING), place


def _taints(attributes: Mapping[str, Any], values: Values, places: dict[str, Path]) -> None:
    """`only_critical_addons_enabled` is a taint by another name."""
    only = attributes.get("only_critical_addons_enabled")
    if POOL not in values or only in (None, False, "false"):
        return
    places["pool.taints"] = ("only_critical_addons_enabled",)
    taints = values[POOL]["taints"]
    if isinstance(only, Unknown):
        values[POOL]["taints"] = only
    elif isinstance(taints, tuple) and CRITICAL_ONLY not in taints:
        values[POOL]["taints"] = (*taints, CRITICAL_ONLY)
