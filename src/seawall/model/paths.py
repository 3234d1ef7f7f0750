"""Settings by their dotted path: `network.policy`, and `pool.host_encryption` for a setting of every node pool."""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.model.cluster import Cluster, Pool, Setting
from seawall.model.unknown import Maybe, Unknown, is_known, known

GROUPS: tuple[str, ...] = tuple(
    field.name for field in msgspec.structs.fields(Cluster) if isinstance(field.default, Setting)
)


def all_paths() -> tuple[str, ...]:
    """Every setting of the model, pools' included, in the order in which the model names them."""
    paths = [f"{group}.{name}" for group in GROUPS for name in getattr(Cluster(name=""), group).__struct_fields__]
    return (*paths, *(f"pool.{name}" for name in Pool.__struct_fields__ if name != "name"))


def get(cluster: Cluster, path: str, pool: Pool | None = None) -> Maybe[Any]:
    """The value at `path`; a `pool.` path needs the pool. Raises AttributeError for a path the model does not have."""
    group, _, name = path.partition(".")
    return getattr(pool if group == "pool" else getattr(cluster, group), name)


def put(cluster: Cluster, values: dict[str, Any]) -> Cluster:
    """A copy of `cluster` with the values set; a `pool.` path sets it on every pool, `pools` replaces them all."""
    by_group: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        group, _, name = path.partition(".")
        by_group.setdefault(group, {})[name] = value
    changes: dict[str, Any] = {}
    for group, fields in by_group.items():
        if group == "pool":
            pools = changes.get("pools", known(cluster.pools))
            changes["pools"] = tuple(msgspec.structs.replace(pool, **fields) for pool in pools)
        elif group in GROUPS:
            changes[group] = msgspec.structs.replace(getattr(cluster, group), **fields)
        else:
            changes[group] = fields[""]
    return msgspec.structs.replace(cluster, **changes)


def settings_known(cluster: Cluster) -> tuple[int, int]:
    """How many settings the input told, and how many it did not; each setting of each node pool counts."""
    groups = [getattr(cluster, group) for group in GROUPS]
    pools = cluster.pools if is_known(cluster.pools) else ()
    values = [value for group in (*groups, *pools) for value in map(group.__getattribute__, group.__struct_fields__)]
    known_ones = sum(not isinstance(value, Unknown) for value in values) - len(pools)
    pools_unknown = 0 if is_known(cluster.pools) else len(Pool.__struct_fields__) - 1
    return known_ones, len(values) - len(pools) - known_ones + pools_unknown
