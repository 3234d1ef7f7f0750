"""What the change of one operation costs with az, its commands, and the way back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from seawall.model import Cluster, Cost, Pool, is_known, known
from seawall.model.paths import get
from seawall.remedies.difference import Difference
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.fields import BY_PATH

NO_WAY_BACK = "no way back"


def parts(before: Cluster, difference: Difference) -> Iterator[tuple[Mapping[str, object], Pool | None]]:
    """The changes to ask the price of. Add-ons come first: a flag may be a setting of one."""
    whole = {path: new for path, new in difference.cluster.items() if _is_whole(path, new)}
    rest = {path: new for path, new in difference.cluster.items() if path not in whole}
    yield from ((some, None) for some in (whole, rest) if some)
    yield from ((sets, pool_named(before, name)) for name, sets in difference.pools.items())


def _is_whole(path: str, new: object) -> bool:
    field = BY_PATH[path]
    return field.az_update[0 if new not in (None, False, ()) else 1].startswith("az ")


def priced(before: Cluster, difference: Difference) -> tuple[list[str], Cost, bool]:
    """The commands, the worst cost, and whether it cannot be undone."""
    changes = [change(before, sets, pool=pool) for sets, pool in parts(before, difference)]
    commands = [line for each in changes for line in split(each.command)]
    cost = max((each.cost for each in changes), default=Cost.IN_PLACE)
    return list(dict.fromkeys(commands)), cost, any(each.one_way for each in changes)


def split(command: str) -> Iterator[str]:
    """The commands of a line joined by `&&`; a name that holds `&&` is quoted and stays whole."""
    line = ""
    for part in command.split(" && ") if command else ():
        line = f"{line} && {part}" if line else part
        try:
            shlex.split(line)
        except ValueError:
            continue
        yield line
        line = ""


def way_back(before: Cluster, after: Cluster, difference: Difference) -> str:
    """The commands that undo it, "" where an old value is not known, NO_WAY_BACK where AKS has none."""
    found: list[str] = []
    for sets, pool in parts(before, difference):
        old = {path: get(before, path, pool) for path in sets}
        known_ones = {path: value for path, value in old.items() if is_known(value)}
        undone = change(after, known_ones, pool=pool and pool_named(after, pool.name))
        if undone.cost is Cost.NEW_CLUSTER:
            return NO_WAY_BACK
        if len(known_ones) < len(old) or undone.cost > Cost.REIMAGE:
            return ""
        found += split(undone.command)
    return " && ".join(dict.fromkeys(found))


def pool_named(cluster: Cluster, name: str) -> Pool:
    """The node pool of that name, which must be there."""
    return next(pool for pool in known(cluster.pools) if pool.name == name)


def flat(difference: Difference) -> dict[str, object]:
    """What changes, by path; a pool's settings as `pools[NAME].setting`."""
    flat = dict(difference.cluster)
    for name, sets in difference.pools.items():
        flat |= {path.replace("pool.", f"pools[{name}].", 1): value for path, value in sets.items()}
    return flat
