"""The change that Terraform makes of a step, and the steps that it must not make.

Read in the source and changelog of azurerm, through 5.2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seawall.model import Cluster, Cost, Pool, Step, TerraformCost, Tool
from seawall.remedies.difference import Difference
from seawall.remedies.pricing import parts, split
from seawall.remedies.terraform_diff import diff
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.shift import Shift, shifts
from seawall.sources.clusters.terraform_costs import provider_version, terraform_price


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` for the reader, `written` the changes to write; `by_az` the settings that az has to change.

    `destroys`: Terraform must not make them, only take note of them.
    """

    lines: tuple[str, ...]
    written: tuple[Shift, ...]
    by_az: frozenset[str]
    destroys: bool
    cost: Cost


def by_terraform(step: Step, before: Cluster, difference: Difference) -> Step:
    """The step as Terraform makes it; az keeps what azurerm cannot do, or would destroy the cluster for."""
    some = list(parts(before, difference))
    edits = [edit(before, sets, pool) for sets, pool in some]
    lines = tuple(dict.fromkeys(line for each in edits for line in each.lines))
    changes = diff(before, (move for each in edits for move in each.written))
    step = msgspec.structs.replace(step, terraform=lines, diff=changes)
    if not changes or any(each.destroys for each in edits):
        return step
    replaced = tuple(line for sets, pool in some for line in split(change(before, sets, pool=pool).command))
    own = [line for line in step.commands if not line.startswith(replaced)]
    by_az = [
        line
        for (sets, pool), each in zip(some, edits, strict=True)
        for line in split(change(before, {path: sets[path] for path in sets if path in each.by_az}, pool=pool).command)
    ]
    rollback = "write the old values again, and apply" if step.rollback.startswith("az ") else step.rollback
    return msgspec.structs.replace(
        step,
        commands=tuple(dict.fromkeys((*by_az, *own))),
        cost=max(step.cost, *(each.cost for each in edits)),
        rollback=rollback,
    )


def edit(cluster: Cluster, sets: Mapping[str, object], pool: Pool | None = None) -> Edit:
    """What to write for these settings. Where azurerm would replace the cluster, all of it is left to az."""
    version = provider_version(cluster.tool_version)
    moves = [(move, terraform_price(move, version)) for move in shifts(cluster, sets, pool)]
    newest = change(cluster, sets, tool=Tool.TERRAFORM, pool=pool).terraform[-1:]
    if lost := [move for move, price in moves if price.cost is Cost.NEW_CLUSTER]:
        kept = tuple(move for move, price in moves if price.cost is not Cost.UNKNOWN)
        warning = tuple(_warning(lost, newest))
        return Edit(lines=warning, written=kept, by_az=frozenset(sets), destroys=True, cost=Cost.UNKNOWN)
    written = [(move, price) for move, price in moves if price.cost is not Cost.UNKNOWN]
    lines: tuple[str, ...] = ()
    if written and newest and newest[0].since:
        lines = (f"needs azurerm {newest[0].since} or newer: an older one replaces the cluster or cannot do it",)
    if any(price.cost is Cost.NEW_POOL for _, price in written):
        lines = (*lines, "set temporary_name_for_rotation: azurerm replaces the pool, and does not drain it")
    return Edit(
        lines=lines,
        written=tuple(move for move, _ in written),
        by_az=frozenset(move.field.path for move, price in moves if price.cost is Cost.UNKNOWN),
        destroys=False,
        cost=max((price.cost for _, price in written), default=Cost.IN_PLACE),
    )


def _warning(lost: Sequence[Shift], newest: Sequence[TerraformCost]) -> Iterator[str]:
    names = ", ".join(dict.fromkeys(move.field.terraform for move in lost))
    yield f"DO NOT apply this with Terraform: azurerm destroys the cluster to change {names}; Azure does it in place"
    if newest and newest[0].since and newest[0].cost < Cost.NEW_CLUSTER:
        yield f"upgrade azurerm to {newest[0].since} first, which does it in place, or:"
    yield "run the az commands first; then write the change below into the configuration"
    attributes = ", ".join(dict.fromkeys(_ignored(move) for move in lost))
    yield f"or keep Terraform off it: lifecycle {{ ignore_changes = [{attributes}] }}"
    yield "take note of what is so now: terraform apply -refresh-only"
    yield "`terraform plan` must show no replacement before anyone applies again"


def _ignored(move: Shift) -> str:
    """The attribute as `ignore_changes` names it: blocks are lists of one."""
    *way, last = move.field.terraform.split(".")
    return ".".join([*(f"{name}[0]" for name in way), last])
