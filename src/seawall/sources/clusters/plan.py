"""The table, laid out for speed: the rows as a tree of properties, so that a cluster is read in one walk.

A fleet of a thousand clusters has a hundred settings each; looking every row up by itself would take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from seawall.model import Unknown
from seawall.sources.clusters.field import AS_ABSENT, Field
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.values import puzzled, reader

Values = dict[str, dict[str, object]]
"""Group to setting to value."""

POOL: Final = "pool"


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """A property that holds a setting; an older name (`rank` above 0) never overrules the newer one."""

    group: str
    name: str
    rank: int
    read: Callable[[Any], object]


class Branch(msgspec.Struct, kw_only=True):
    """An object on the way to settings, by its properties' names: as ARM spells them, and in lower case."""

    steps: dict[str, Branch | Leaf] = {}
    leaves: list[Leaf] = []


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """How a template creates the resource: what is left out may depend on it.

    `left_out` is what every property left out means, where that is not for the table to say. `cluster` are the
    settings of the cluster that a pool belongs to.
    """

    api_version: str = ""
    left_out: Unknown | None = None
    cluster: Values = {}


EXISTS = Creation()
"""The resource is there, and no template tells how it came."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`nested` reads a resource with `properties`, `flat` one whose properties lie beside its name, as az writes.

    `derived` are the functions that say what an absent property means, from the other settings and the API version.
    """

    nested: Branch
    flat: Branch
    names: Mapping[str, tuple[str, ...]]
    absent: Mapping[str, Mapping[str, object]]
    derived: tuple[tuple[str, str, Callable[[Values, str], object]], ...]

    def read(
        self, resource: Mapping[str, Any], *, flat: bool, creation: Creation = EXISTS
    ) -> tuple[Values, list[tuple[str, str]]]:
        """All settings of one resource by group, and the path and reason of each that could not be read."""
        found: Values = {group: {} for group in self.absent}
        _collect(self.flat if flat else self.nested, resource, found)
        wrong = [
            (f"{group}.{name}", value.reason)
            for group, values in found.items()
            for name, value in values.items()
            if isinstance(value, Unknown)
        ]
        if (left_out := creation.left_out) is not None:
            return {group: dict.fromkeys(names, left_out) | found[group] for group, names in self.names.items()}, wrong
        values = {group: {**absent, **found[group]} for group, absent in self.absent.items()}
        for group, name, derive in self.derived:
            if name not in found[group]:
                values[group][name] = derive({**creation.cluster, **values}, creation.api_version)
        return values, wrong


@cache
def cluster_plan(*, created: bool = False) -> Plan:
    """The plan for a managed cluster, or for one that a template creates; a node pool's settings have their own."""
    return _plan([field for field in FIELDS if field.group != POOL and not field.resource], created)


@cache
def pool_plan(*, created: bool = False) -> Plan:
    """The plan for a node pool, in its cluster's list or as a resource of its own."""
    return _plan([field for field in FIELDS if field.group == POOL], created)


def _plan(fields: Sequence[Field], created: bool) -> Plan:
    nested, flat = Branch(), Branch()
    absent: dict[str, dict[str, object]] = {}
    derived = []
    for field in fields:
        absent.setdefault(field.group, {})
        meaning = _absence(field, created)
        if callable(meaning):
            derived.append((field.group, field.name, meaning))
        else:
            absent[field.group][field.name] = meaning
        read = reader(field)
        for rank, path in enumerate(field.arm):
            leaf = Leaf(group=field.group, name=field.name, rank=rank, read=read)
            bare = path.removeprefix("properties.")
            _grow(flat, bare.split("."), leaf)
            _grow(nested, (f"properties.{path}" if field.group == POOL else path).split("."), leaf)
    names = {group: tuple(field.name for field in fields if field.group == group) for group in absent}
    return Plan(nested=nested, flat=flat, names=names, absent=absent, derived=tuple(derived))


def _absence(field: Field, created: bool) -> Any:
    """What a body without the property means: a value, or a function of all settings and the API version."""
    if created and field.created is not AS_ABSENT:
        return field.created
    if not callable(field.absent):
        return field.absent
    derive = field.absent
    return lambda values, _: derive(values[field.group])


def _grow(branch: Branch, path: list[str], leaf: Leaf) -> None:
    for name in path[:-1]:
        branch.leaves.append(leaf)
        step = branch.steps.setdefault(name.lower(), Branch())
        branch.steps[name] = step
        assert isinstance(step, Branch)  # a row never holds what another row's property lies in
        branch = step
    branch.leaves.append(leaf)
    branch.steps[path[-1]] = branch.steps[path[-1].lower()] = leaf


def _collect(branch: Branch, node: Mapping[str, Any], found: Values) -> None:
    steps = branch.steps
    for key, value in node.items():
        if value is None:
            continue
        step = steps.get(key) or steps.get(key.lower())
        if step is None:
            continue
        if isinstance(step, Leaf):
            group = found[step.group]
            if step.rank == 0 or step.name not in group:
                group[step.name] = step.read(value)
        elif isinstance(value, dict):
            _collect(step, value, found)
        else:
            for leaf in step.leaves:
                found[leaf.group].setdefault(leaf.name, puzzled(f"an object at {key}", value))
