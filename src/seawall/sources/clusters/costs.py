"""What a change costs: it depends on where it starts, where it goes, and the tool that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seawall.model import Change, Cluster, Cost, Pool, Tool
from seawall.sources.clusters.az_commands import az_commands, node_image_upgrade
from seawall.sources.clusters.az_costs import az_price
from seawall.sources.clusters.shift import Price, Shift, shifts
from seawall.sources.clusters.terraform_costs import by_version, provider_version, terraform_price


def change(
    cluster: Cluster,
    sets: Mapping[str, object],
    *,
    tool: Tool = Tool.AZ,
    pool: Pool | None = None,
    provider: str = "",
) -> Change:
    """The change that gives `cluster` the values of `sets`, by path: its worst cost, and one command where az has it.

    A `pool.` path is set on `pool`, or on every pool. `provider` is the version of azurerm ("4.60"), "" for the one
    that makes the cluster, or else the newest that is known; it matters to Tool.TERRAFORM alone.
    Raises KeyError for a path the model does not have.
    """
    moves = list(shifts(cluster, sets, pool))
    if not moves:
        return Change(cost=Cost.IN_PLACE, note="nothing to change: it is so already")
    version = provider_version(provider or cluster.tool_version)
    priced = [(move, az_price(move) if tool is Tool.AZ else terraform_price(move, version)) for move in moves]
    cost = _worst(each.cost for _, each in priced)
    command = az_commands(cluster, [(move, each.cost) for move, each in priced])
    made = tool is Tool.AZ and cost is not Cost.NEW_CLUSTER
    return Change(
        cost=cost,
        one_way=any(each.one_way for _, each in priced),
        command=command if made else "",
        note=_sentences(note for move, each in priced for note in _notes(move, each, cost, tool)),
        source="; ".join(dict.fromkeys(move.field.source for move, _ in priced)),
        terraform=by_version(moves, _worst),
    )


def _worst(costs: Iterable[Cost]) -> Cost:
    """A new cluster is worse than an unknown cost: it settles all the others."""
    found = set(costs)
    return Cost.NEW_CLUSTER if Cost.NEW_CLUSTER in found else max(found)


def _notes(move: Shift, price: Price, cost: Cost, tool: Tool) -> Iterable[str]:
    yield price.note
    yield move.field.constraints
    if price.cost is Cost.NEW_CLUSTER and tool is Tool.AZ:
        yield "cannot be changed on this cluster: plan a new one"
    elif tool is Tool.AZ and cost is not Cost.NEW_CLUSTER:
        if move.field.preview and not move.az.startswith("az "):
            yield "needs the aks-preview extension of az"
        if not move.az and price.cost < Cost.NEW_POOL:
            yield "az has no flag for it"
        if move.field.by_hand:
            yield f"nodes follow only after {node_image_upgrade(move)}"


def _sentences(notes: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(note for note in notes if note))
