"""One setting on its way from one value to another, and the price of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from seawall.model import UNKNOWN, Cluster, Cost, Pool, is_known
from seawall.model.paths import get
from seawall.sources.clusters.field import Field
from seawall.sources.clusters.fields import BY_PATH
from seawall.sources.clusters.plan import POOL


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """`old` may be unknown, `new` is not. `sets` is the whole change that this is a part of. `pool` for a pool's."""

    cluster: Cluster
    field: Field
    old: object
    new: object
    sets: Mapping[str, object]
    pool: Pool | None = None

    @property
    def on(self) -> bool:
        """True where the setting gets a value, False where it is switched off or emptied."""
        return is_on(self.new)

    @property
    def az(self) -> str:
        """The flags, or the whole command, that az has for it; "" where it has none."""
        return self.field.az_update[0 if self.on else 1]

    def after(self, path: str) -> object:
        """The value of another setting of the cluster once the whole change is made; it may be unknown."""
        return self.sets.get(path, get(self.cluster, path))


def is_on(value: object) -> bool:
    """True for a value that switches something on; 0 is a value."""
    return not (value is None or value is False or value == ())


class Price(msgspec.Struct, frozen=True):
    """The cost of one setting's change, and what to know about it."""

    cost: Cost
    one_way: bool = False
    note: str = ""


def shifts(cluster: Cluster, sets: Mapping[str, object], pool: Pool | None) -> Iterator[Shift]:
    """What really changes: a setting that already has its value is left out; a pool's is made on each pool."""
    for path, new in sets.items():
        field = BY_PATH[path]
        for where in _pools(cluster, pool) if field.group == POOL else (None,):
            old = get(cluster, path, where)
            if old != new:
                yield Shift(cluster=cluster, field=field, old=old, new=new, sets=sets, pool=where)


def _pools(cluster: Cluster, pool: Pool | None) -> tuple[Pool, ...]:
    if pool is not None:
        return (pool,)
    return cluster.pools if is_known(cluster.pools) else (Pool(name="POOL", mode=UNKNOWN),)
