"""The change of a configuration of Terraform, laid out like a diff: lines that go, lines that come, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from seawall.model import Cluster, is_known
from seawall.remedies.emit.hcl import Raw, literal
from seawall.remedies.emit.terraform import written
from seawall.remedies.emit.terraform_around import windows
from seawall.sources.clusters.field import Kind
from seawall.sources.clusters.shift import Shift

_BLOCKS = {
    "addons.key_vault_secrets": "secret_rotation_enabled = true",
    "addons.container_insights": "log_analytics_workspace_id = WORKSPACE_ID",
    "protection.defender": "log_analytics_workspace_id = WORKSPACE_ID",
    "protection.kms": "key_vault_key_id = KEY_ID",
    "access.entra": "azure_rbac_enabled = true",
}
"""What a block that is there has to hold."""

_NEW = ""
"""Marks a block that is not there yet."""

_LEFT_OUT = frozenset({"network.policy", "upkeep.upgrade_channel"})
"""Settings that have a word for none in ARM, and in azurerm are left out."""

_CLUSTER = "azurerm_kubernetes_cluster"
Lines = dict[str, Any]


def diff(cluster: Cluster, moves: Iterable[Shift]) -> tuple[str, ...]:
    """Lines that begin with a space, `-` or `+`; each resource begins with a comment that says where it is."""
    resources: dict[str, Lines] = {}
    apart: list[str] = []
    for move in moves:
        if move.field.resource or move.field.terraform.startswith("azurerm_"):
            apart += _apart(cluster, move)
            continue
        name = move.pool.name if move.pool else ""
        _put(resources.setdefault(name, {}), move)
    lines = [line for name, held in resources.items() for line in _resource(cluster, name, held)]
    return (*lines, *apart)


def address(cluster: Cluster, pool: str = "") -> str:
    """The resource that holds the cluster or the pool, as the source told it; else one of the right type."""
    kind = f"{_CLUSTER}_node_pool" if pool else _CLUSTER
    return cluster.addresses.get(pool) or f"{kind}.{pool or cluster.name}"


def _resource(cluster: Cluster, pool: str, held: Lines) -> Iterator[str]:
    named = address(cluster, pool)
    inside = pool and f".{_CLUSTER}." in f".{named}"
    place = f"{cluster.file}:{line}" if (line := cluster.lines.get(f"pools[{pool}]" if pool else "")) else cluster.file
    kind, _, name = named.split("[")[0].rpartition(".")
    yield f"  # {named}" + (f" ({place})" if place else "")
    yield f'  resource "{kind.rpartition(".")[2]}" "{name}" {{'
    yield from _nested({"default_node_pool": held} if inside else held, 1)
    yield "  }"


def _put(held: Lines, move: Shift) -> None:
    """Put the lines of one attribute where it stands."""
    *way, last = move.field.terraform.removeprefix("default_node_pool.").split(".")
    for name in way:
        inner: Any = held.setdefault(name, {})
        if isinstance(inner, list):
            return  # the whole block goes
        held = inner
    field = move.field
    if field.path in _BLOCKS or (field.terraform_kind or field.kind) is Kind.PRESENT:
        _put_block(held, last, move)
    else:
        held[last] = list(_changed(last, move))


def _put_block(held: Lines, name: str, move: Shift) -> None:
    """A block that comes, with what it has to hold unless other moves say so, or goes."""
    if not move.new:
        held[name] = [("-", f"{name} {{ … }}")]
        return
    block = held.setdefault(name, {})
    if isinstance(block, dict):
        block[_NEW] = []
        if body := _BLOCKS.get(move.field.path, ""):
            block.setdefault(body.partition(" ")[0], [("+", body)])


def _changed(name: str, move: Shift) -> Iterator[tuple[str, str]]:
    field, new = move.field, move.new
    if field.kind is Kind.WINDOWS:
        had, wanted = (set(names if isinstance(names, tuple) else ()) for names in (move.old, new))
        for block, body in windows_of(tuple(wanted - had)).items():
            yield "+", f"{block} {{"
            yield from (("+", f"  {key} = {literal(value, 0)}") for key, value in body.items())
            yield "+", "}"
    else:
        old, now = (_assigned(name, move, value) for value in (move.old, new))
        yield from (("-", old),) if old else ()
        yield from (("+", now),) if now and now != old else ()


def windows_of(names: object) -> dict[str, Any]:
    """The blocks of maintenance windows."""
    from seawall.model import Upkeep

    return windows(Cluster(name="", upkeep=Upkeep(maintenance_windows=names if isinstance(names, tuple) else ())))


def _assigned(name: str, move: Shift, value: object) -> str:
    """`name = value`, "" where nothing is written for the value."""
    if (
        not is_known(value)
        or value == ()
        or (value in (None, "") and (not move.field.none or move.field.path in _LEFT_OUT))
    ):
        return ""
    made = written(move.field, value)
    return f"{name} = {literal(Raw(made) if str(made).isupper() and '_' in str(made) else made, 0)}"


def _nested(held: Lines, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for name, value in held.items():
        if isinstance(value, dict):
            sign = "+" if _NEW in value else " "
            yield f"{sign} {pad}{name} {{"
            yield from _nested(value, depth + 1)
            yield f"{sign} {pad}}}"
        else:
            yield from (f"{sign} {pad}{line}" for sign, line in value if sign == "+" or _NEW not in held)


def _apart(cluster: Cluster, move: Shift) -> Iterator[str]:
    """What azurerm keeps in a resource of its own."""
    kind, _, attribute = move.field.terraform.partition(".")
    owner = f"{address(cluster)}.id"
    if not move.new:
        yield f"- {kind} of the cluster: remove it"
        return
    body: dict[str, str] = {"kubernetes_cluster_id": owner}
    categories: tuple[Any, ...] = ()
    if move.field.kind is Kind.LOGS:
        body = {"name": '"aks-audit"', "target_resource_id": owner, "log_analytics_workspace_id": "WORKSPACE_ID"}
        categories = move.new if isinstance(move.new, tuple) else ()
    elif move.field.kind is Kind.ROLE:
        who = f"{address(cluster)}.kubelet_identity[0].object_id"
        body = {"scope": "REGISTRY_ID", "role_definition_name": '"AcrPull"', "principal_id": who}
    elif attribute:
        body[attribute] = literal(move.new, 0)
    yield f'+ resource "{kind}" "aks" {{'
    yield from (f"+   {key} = {value}" for key, value in body.items())
    yield from (f'+   enabled_log {{ category = "{category}" }}' for category in categories)
    yield "+ }"
