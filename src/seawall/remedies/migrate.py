"""From a cluster as it is to one that passes: repaired in place where that is the cheaper way, rebuilt where not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

import msgspec

from seawall.checks import Check
from seawall.checks.kubernetes_versions import SUPPORT, minor
from seawall.errors import UnknownValue
from seawall.model import Cluster, Cost, Item, Plan, Step, is_known
from seawall.remedies.difference import verdicts
from seawall.remedies.move import move
from seawall.remedies.rebuild import lacking, replacement
from seawall.remedies.steps import steps
from seawall.remedies.wanted import Options, Wanted, decided, wanted
from seawall.sources.kubernetes.moving import NO_POD_GOES

__all__ = ["Options", "migrate"]

MOST_REIMAGES = 8
"""More rebuilds of every node than this cost more than one blue/green move, which rebuilds them once."""


def migrate(
    cluster: Cluster,
    checks: Sequence[Check],
    options: Options,
    today: datetime.date,
    *,
    inventory: tuple[Item, ...] = (),
    manifests: bool = False,
) -> Plan:
    """The plan for one cluster. `inventory` is what was found in its manifests, `manifests` whether any were looked at.

    It is rebuilt where a change asked for is fixed at creation; where its Kubernetes is older than any that AKS still
    upgrades with a guarantee; and where repairing it means more than MOST_REIMAGES rebuilds of its nodes. Raises
    UnknownValue that names the values that decide and are not known, UsageError for what cannot go together.
    """
    found = wanted(cluster, checks, options, today)
    creation, _ = verdicts(cluster, found.target)
    reasons = (*creation, *_too_old(cluster, found.target))
    if not reasons:
        decided(found, options)
        in_place = steps(cluster, found, options.tool)
        reasons = tuple(_too_dear(in_place))
        if not reasons:
            return _plan(cluster, found, options, steps=_blocked(in_place, inventory))
    new, differs = replacement(cluster, found, checks, options, today)
    still = {one.finding.rule: one.finding.message for one in lacking(new, found, checks, options, today)}
    mends = {one.finding.rule for one in lacking(cluster, found, checks, options, today) if one.sets} - still.keys()
    return _plan(
        cluster,
        msgspec.structs.replace(found, left=still, mends=tuple(sorted(mends))),
        options,
        steps=move(cluster, new, inventory),
        rebuild=(*reasons, *_besides(cluster, found)),
        replacement=new,
        differs=differs,
        inventory=tuple(sorted(inventory)),
        manifests=manifests,
    )


def _blocked(in_place: Sequence[Step], inventory: Sequence[Item]) -> tuple[Step, ...]:
    """Steps that rebuild nodes name the budgets that would block them."""
    budgets = [f"{item.namespace}/{item.name}" for item in inventory if item.note == NO_POD_GOES]
    if not budgets:
        return tuple(in_place)
    words = f"these PodDisruptionBudgets let no pod go, and block it: {', '.join(budgets)}"
    return tuple(
        msgspec.structs.replace(step, before=(*step.before, words)) if step.cost >= Cost.REIMAGE else step
        for step in in_place
    )


def _plan(cluster: Cluster, found: Wanted, options: Options, **rest: object) -> Plan:
    return Plan(cluster=cluster, tool=options.tool, mends=found.mends, left=found.left, **rest)  # type: ignore[arg-type]


def _too_old(cluster: Cluster, target: Cluster) -> Iterator[str]:
    version = cluster.upkeep.kubernetes_version
    if target.upkeep.kubernetes_version == version or not isinstance(version, str):
        return
    oldest = min(SUPPORT)
    try:
        behind = minor(version) < oldest
    except UnknownValue:
        return
    if behind:
        yield (
            f"Kubernetes {version} is older than {oldest[0]}.{oldest[1]}, the oldest that has had any support of late: "
            "AKS gives no guarantee for an upgrade that skips versions, and recommends a new cluster"
        )


def _too_dear(in_place: Sequence[Step]) -> Iterator[str]:
    reimages = sum(step.reimages for step in in_place)
    if reimages > MOST_REIMAGES:
        doors = sum(step.one_way for step in in_place)
        yield (
            f"the way in place rebuilds the nodes {reimages} times and passes {doors} one-way doors; a new cluster is "
            f"built once (the line is drawn at {MOST_REIMAGES})"
        )


def _besides(cluster: Cluster, found: Wanted) -> Iterator[str]:
    """What the new cluster saves: the costly changes that it makes unnecessary."""
    pools = cluster.pools if is_known(cluster.pools) else ()
    sets = ", ".join(pool.name for pool in pools if pool.type == "AvailabilitySet")
    network = cluster.network
    if sets:
        yield f"it is made of availability sets, out of support since 2025-09-30: {sets}"
    if network.load_balancer_sku == "basic":
        yield "its load balancer is Basic, out of support since 2025-09-30"
    if network.plugin == "kubenet":
        yield "its network is kubenet, which retires on 2028-03-31"
    if found.target.identity.type != cluster.identity.type and cluster.identity.type is None:
        yield "it acts as a service principal with a secret"
