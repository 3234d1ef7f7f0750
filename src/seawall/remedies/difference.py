"""What has to change between two states of a cluster, and which operation changes it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.model import Cluster, Cost, Pool, is_known
from seawall.model.paths import all_paths, get
from seawall.remedies.needs import ENGINES
from seawall.remedies.operations import OWNER
from seawall.sources.clusters.az_costs import az_price
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.fields import BY_PATH
from seawall.sources.clusters.shift import shifts


class Difference(msgspec.Struct, kw_only=True):
    """What one operation changes: settings of the cluster, and of pools by their names."""

    cluster: dict[str, object] = {}
    pools: dict[str, dict[str, object]] = {}

    def paths(self) -> tuple[str, ...]:
        """Every setting in it, a pool's as `pool.setting`."""
        return tuple(dict.fromkeys((*self.cluster, *(path for sets in self.pools.values() for path in sets))))


def differences(before: Cluster, after: Cluster) -> dict[str, Difference]:
    """What each operation has to change, by its id."""
    found: dict[str, Difference] = {}
    for path in all_paths():
        if not path.startswith("pool.") and get(before, path) != (new := get(after, path)):
            found.setdefault(_owner(before, path, new), Difference()).cluster[path] = new
    for old, sets in _of_pools(before, after):
        for owner, some in _by_owner(before, old, sets).items():
            found.setdefault(owner, Difference()).pools[old.name] = some
    _network_steps(before, after, found)
    if before.network.policy in ENGINES and "network.dataplane" in found.get("engine", Difference()).cluster:
        found["policies"] = Difference()
    if "local_accounts" in found:
        found["certificates"] = Difference()
    if after.api_server.private is True and "private" in found and "ranges" in found:
        found["private"].cluster |= found.pop("ranges").cluster
    if "engine" in found and "reimaging" in found:
        found["engine"].cluster |= found.pop("reimaging").cluster
    return found


def _owner(before: Cluster, path: str, new: object) -> str:
    if path in OWNER:
        return OWNER[path]
    if change(before, {path: new}).cost is not Cost.REIMAGE:
        return "free"
    return "by_hand" if BY_PATH[path].by_hand else "reimaging"


def _of_pools(before: Cluster, after: Cluster) -> Iterator[tuple[Pool, dict[str, object]]]:
    new_ones = {pool.name: pool for pool in after.pools} if is_known(after.pools) else {}
    for old in before.pools if is_known(before.pools) else ():
        new = new_ones[old.name]
        sets = {
            f"pool.{name}": value for name, value in msgspec.structs.asdict(new).items() if value != getattr(old, name)
        }
        if sets:
            yield old, sets


def _by_owner(before: Cluster, pool: Pool, sets: dict[str, object]) -> dict[str, dict[str, object]]:
    """A pool that is replaced for one setting gets all of them with it, but for those of the whole cluster."""
    found: dict[str, dict[str, object]] = {}
    if "pool.kubernetes_version" in sets:
        found["upgrade"] = {"pool.kubernetes_version": sets.pop("pool.kubernetes_version")}
    if (pool.type, sets.get("pool.type")) == ("AvailabilitySet", "VirtualMachines"):
        found["availability_sets"] = {"pool.type": sets.pop("pool.type")}
    costs = {path: change(before, {path: value}, pool=pool).cost for path, value in sets.items()}
    if Cost.NEW_POOL in costs.values():
        return {**found, "new_pools": sets}
    for path, value in sets.items():
        found.setdefault("by_hand" if BY_PATH[path].by_hand else "pools", {})[path] = value
    return found


def _network_steps(before: Cluster, after: Cluster, found: dict[str, Difference]) -> None:
    """An engine goes before overlay comes, and comes back after; azure and calico meet only through none."""
    old, new = before.network.policy, after.network.policy
    overlay = "overlay" in found
    exchange = old in ENGINES and new in ENGINES and old != new
    if old in ENGINES and (overlay or exchange or new is None):
        found["engine_off"] = Difference(cluster={"network.policy": None})
        if new is not None:
            found.setdefault("engine", Difference()).cluster["network.policy"] = new
        elif "engine" in found:
            found["engine"].cluster.pop("network.policy", None)
            if not found["engine"].cluster:
                del found["engine"]


def verdicts(before: Cluster, after: Cluster) -> tuple[list[str], list[str]]:
    """Why a new cluster is needed, and which values are not known that decide about it; as sentences."""
    sets = {path: get(after, path) for path in all_paths() if not path.startswith("pool.")}
    moves = list(shifts(before, sets, None))
    for old, of_pool in _of_pools(before, after):
        moves += shifts(before, of_pool, old)
    reasons: dict[str, None] = {}
    missing: dict[str, None] = {}
    for move in moves:
        price = az_price(move)
        if price.cost is Cost.NEW_CLUSTER:
            why = price.note or "it is fixed when a cluster is made"
            reasons[f"{move.field.path} has to be {_shown(move.new)}, not {_shown(move.old)}: {why}"] = None
        elif price.cost is Cost.UNKNOWN:
            missing[f"{move.field.path} ({price.note or 'what the change costs depends on it'})"] = None
    return list(reasons), list(missing)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
