"""The az commands that make a change, from the flags of the table, quoted for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seawall.model import Cluster, Cost, Pool, is_known
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.plan import POOL
from seawall.sources.clusters.shift import Shift, is_on

_NETWORK = frozenset({"network.plugin", "network.plugin_mode", "network.policy", "network.dataplane"})

_SAFEGUARDS = "deploymentSafeguards"


def az_commands(cluster: Cluster, moves: Sequence[tuple[Shift, Cost]]) -> str:
    """The commands in order, joined by `&&`; "" where az has none. Words in capitals are for the reader to fill in."""
    ours = [move for move, _ in moves if move.field.group != POOL]
    updates = [*_updates(cluster, ours)]
    apart = [move for move in ours if move.az.startswith("az ")]
    whole = [command for move in apart if move.field.resource != _SAFEGUARDS for command in _whole(move)]
    whole += _safeguards(cluster, {move.field.name: move for move in apart if move.field.resource == _SAFEGUARDS})
    pools: dict[str, list[tuple[Shift, Cost]]] = {}
    for move, cost in moves:
        if move.pool is not None:
            pools.setdefault(move.pool.name, []).append((move, cost))
    return " && ".join(dict.fromkeys([*updates, *whole, *(line for each in pools.values() for line in _pool(each))]))


def node_image_upgrade(move: Shift) -> str:
    """The command that brings a by-hand change to the nodes."""
    pool = move.pool.name if move.pool else "POOL"
    return f"az aks nodepool upgrade {_at_pool(move.cluster, pool)} --node-image-only"


def _updates(cluster: Cluster, moves: Sequence[Shift]) -> Iterator[str]:
    """`az aks update`: one where az takes all flags together, several where AKS wants an order."""
    plain = [move for move in moves if move.az.startswith("--") and move.field.path not in _NETWORK]
    last: list[str] = []
    paths = {move.field.path for move in plain}
    if {"api_server.private", "api_server.vnet_integration"} <= paths:
        last = ["--enable-private-cluster"]
        plain = [move for move in plain if move.field.path != "api_server.private"]
    first = list(dict.fromkeys(flags for move in plain for flags in _flags(move)))
    network = [*_network(cluster, {move.field.path: move.new for move in moves if move.field.path in _NETWORK})]
    steps = [[*first, *network[0]]] if len(network) == 1 else [first, *network]
    for step in [*steps, last]:
        if step:
            yield f"az aks update -g {_group(cluster)} -n {shlex.quote(cluster.name)} {' '.join(step)}"


def _flags(move: Shift) -> Iterator[str]:
    yield _fill(move.az, move)
    if move.field.path == "identity.type" and move.new == "UserAssigned":
        yield "--assign-identity IDENTITY_ID"


def _network(cluster: Cluster, sets: dict[str, object]) -> Iterator[list[str]]:
    """The steps that AKS asks for: an engine goes before overlay comes, azure and calico meet only through none.

    Source: use-network-policies, update-azure-cni; the API wants both Cilium flags in one call.
    """
    if not sets:
        return
    network = cluster.network
    policy = network.policy
    wanted = sets.get("network.policy", policy)
    cilium = "cilium" in (sets.get("network.policy"), sets.get("network.dataplane"))
    leaves_kubenet = network.plugin == "kubenet" and (cilium or sets.get("network.policy") == "azure")
    overlay = leaves_kubenet or not sets.keys().isdisjoint({"network.plugin", "network.plugin_mode"})
    exchange = {policy, wanted} == {"azure", "calico"} and not cilium
    if (overlay or exchange) and policy in ("azure", "calico"):
        yield ["--network-policy none"]
        policy = None
    if overlay:
        yield ["--network-plugin azure --network-plugin-mode overlay"]
    if cilium:
        yield ["--network-dataplane cilium --network-policy cilium"]
    elif is_known(wanted) and wanted != policy:
        yield [f"--network-policy {shlex.quote(str(wanted or 'none'))}"]


def _safeguards(cluster: Cluster, moves: Mapping[str, Shift]) -> Iterator[str]:
    """One call for both; there is nothing to update before it has been created (deployment-safeguards)."""
    level, pods = moves.get("safeguards_level"), moves.get("pod_security_level")
    if level and not is_on(level.new):
        yield _fill(level.az, level)
    elif level or pods:
        verb = "update" if level is None or (is_known(level.old) and is_on(level.old)) else "create"
        flags = [f"--level {_value(level, '{}')}"] if level else []
        flags += [f"--pss-level {_value(pods, '{}')}"] if pods else []
        yield f"az aks safeguards {verb} -g {_group(cluster)} -n {shlex.quote(cluster.name)} {' '.join(flags)}"


def _whole(move: Shift) -> Iterator[str]:
    each = move.new if move.field.kind is Kind.WINDOWS and isinstance(move.new, tuple) else (move.new,)
    for value in each:
        yield _fill(move.az, msgspec.structs.replace(move, new=value))


def _pool(moves: list[tuple[Shift, Cost]]) -> Iterator[str]:
    shifts = [move for move, _ in moves]
    if any(cost is Cost.NEW_POOL for _, cost in moves):
        yield _recreate(shifts)
        return
    cluster, pool = shifts[0].cluster, shifts[0].pool
    assert pool is not None  # a pool's shift names its pool
    flags = [_fill(move.az, move) for move in shifts if move.az.startswith("--")]
    if flags:
        yield f"az aks nodepool update {_at_pool(cluster, pool.name)} {' '.join(flags)}"
    yield from (_fill(move.az, move) for move in shifts if move.az.startswith("az "))
    if any((move.old, move.new) == ("AvailabilitySet", "VirtualMachines") for move in shifts):
        yield f"az aks update -g {_group(cluster)} -n {shlex.quote(cluster.name)} --migrate-vmas-to-vms"


def _recreate(moves: list[Shift]) -> str:
    """A pool beside the old one with all that is known of it, then the pods move over, then the old one goes."""
    cluster, old = moves[0].cluster, moves[0].pool
    assert old is not None  # a pool's shift names its pool
    new = msgspec.structs.replace(old, **{move.field.name: move.new for move in moves})
    carried = [flag for field in FIELDS if field.group == POOL and (flag := _at_creation(field, new, moves[0]))]
    name = _free_name(cluster, old)
    size = f'"$(az aks nodepool show {_at_pool(cluster, old.name)} --query vmSize -o tsv)"'
    add = f"az aks nodepool add {_at_pool(cluster, name)} --node-vm-size {size} {' '.join(carried)}".rstrip()
    drain = f"kubectl drain -l agentpool={shlex.quote(old.name)} --ignore-daemonsets --delete-emptydir-data"
    return f"{add} && {drain} && az aks nodepool delete {_at_pool(cluster, old.name)}"


def _at_creation(field: Field, pool: Pool, move: Shift) -> str:
    value = getattr(pool, field.name)
    if not is_known(value) or value == field.absent:
        return ""
    flags = field.az_create[0 if is_on(value) else 1]
    return _fill(flags, msgspec.structs.replace(move, field=field, new=value))


def _free_name(cluster: Cluster, old: Pool) -> str:
    """AKS allows 12 characters for a Linux pool and 6 for a Windows one."""
    taken = {pool.name for pool in cluster.pools} if is_known(cluster.pools) else {old.name}
    stem = old.name[: 5 if old.os_type == "Windows" else 11]
    return next((name for digit in range(2, 10) if (name := f"{stem}{digit}") not in taken), "NEW_POOL")


def _fill(template: str, move: Shift) -> str:
    """The template with the change's names and value in it; the value goes last, so that it is never filled itself."""
    cluster = move.cluster
    names = {
        "{group}": _group(cluster),
        "{name}": shlex.quote(cluster.name),
        "{id}": shlex.quote(cluster.id or "CLUSTER_ID"),
        "{pool}": shlex.quote(move.pool.name if move.pool else "POOL"),
    }
    before, mark, after = (_replace(part, names) for part in _around_value(template))
    return before + (_value(move, mark) if mark else "") + after


def _around_value(template: str) -> tuple[str, str, str]:
    mark = next((mark for mark in ("{}", "{lower}", "{words}") if mark in template), "")
    return template.partition(mark) if mark else (template, "", "")


def _replace(text: str, names: dict[str, str]) -> str:
    for mark, name in names.items():
        text = text.replace(mark, name)
    return text


def _value(move: Shift, mark: str) -> str:
    if move.field.kind is Kind.LOGS and isinstance(move.new, tuple):
        logs = [{"category": category, "enabled": True} for category in move.new]
        return shlex.quote(msgspec.json.encode(logs).decode())
    items = [str(item) for item in (move.new if isinstance(move.new, tuple) else (move.new,))]
    if mark == "{words}":
        return shlex.join(items)
    text = ",".join(items)
    return shlex.quote(text.lower() if mark == "{lower}" else text)


def _at_pool(cluster: Cluster, pool: str) -> str:
    return f"-g {_group(cluster)} --cluster-name {shlex.quote(cluster.name)} -n {shlex.quote(pool)}"


def _group(cluster: Cluster) -> str:
    return shlex.quote(cluster.resource_group) if cluster.resource_group else "GROUP"
