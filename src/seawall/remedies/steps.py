"""From what has to change to steps in order, with commands, prices and ways back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

import msgspec

from seawall.checks.kubernetes_versions import minor
from seawall.model import Cluster, Cost, Step, Tool, is_known, known
from seawall.model.paths import put
from seawall.remedies.difference import Difference, differences
from seawall.remedies.operations import NODES, Operation, ordered
from seawall.remedies.pricing import NO_WAY_BACK, flat, pool_named, priced, split, way_back
from seawall.remedies.terraform import by_terraform
from seawall.remedies.wanted import Wanted, apply
from seawall.remedies.wording import before_words, commands_of, constraints, then_words, title
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.fields import BY_PATH

_BREAKS_ANYWAY = frozenset({"entra", "local_accounts", "private", "private_name", "ranges", "outbound"})
"""Operations that are felt though no node and no API server restarts."""


class Walk(msgspec.Struct, kw_only=True):
    """How far the plan has come: the cluster as it is now, and what waits for its nodes to be rebuilt by hand.

    `waiting` holds node pools by name, "" for all of them.
    """

    now: Cluster
    wanted: Wanted
    tool: Tool
    waiting: set[str] = set()
    steps: list[Step] = []

    def add(self, step: Step, after: Cluster) -> None:
        """The next step, and the cluster as it leaves it."""
        self.steps.append(step)
        self.now = after


def steps(cluster: Cluster, wanted: Wanted, tool: Tool) -> tuple[Step, ...]:
    """The way from `cluster` to what is wanted, in order."""
    found = differences(cluster, wanted.target)
    walk = Walk(now=cluster, wanted=wanted, tool=tool)
    for operation in ordered(found):
        difference = found[operation.id]
        if operation.id == "upgrade":
            _upgrade(walk, operation, difference)
            continue
        if operation.id == "outbound" and walk.now.network.artifact_source == "Cache":
            _node_images(walk)
        if operation.id == "new_pools":
            # new nodes start with everything that the old ones wait for
            everything = len(difference.pools) == len(known(walk.now.pools))
            walk.waiting -= {*difference.pools, ""} if everything else difference.pools.keys()
            _node_images(walk)
        _operate(walk, operation, difference)
    _node_images(walk)
    return _credited(walk)


def _operate(walk: Walk, operation: Operation, difference: Difference) -> None:
    before, sets = walk.now, difference.cluster
    after = put(before, sets)
    for name, of_pool in difference.pools.items():
        after = apply(after, of_pool, pool_named(after, name))
    commands, cost, one_way = priced(before, difference)
    back = way_back(before, after, difference)
    one_way = one_way or back == NO_WAY_BACK
    by_hand = _by_hand(before, difference)
    walk.waiting |= by_hand
    if by_hand and cost is Cost.REIMAGE and _only_by_hand(before, difference):
        cost = Cost.IN_PLACE
    step = Step(
        id=operation.id,
        title=title(operation, after, difference),
        commands=commands_of(operation, before, after, commands),
        cost=cost,
        one_way=one_way,
        reimages=int(cost is Cost.REIMAGE),
        before=(*operation.before, *before_words(operation, before, after), *constraints(operation, difference)),
        breaks=operation.breaks if cost > Cost.IN_PLACE or operation.id in _BREAKS_ANYWAY else (),
        after=(*operation.then, *then_words(operation, before)),
        verify=operation.verify,
        rollback=operation.rollback or (NO_WAY_BACK if one_way else back),
        sets=flat(difference),
    )
    if operation.id == "certificates":
        step = msgspec.structs.replace(step, cost=Cost.REIMAGE, reimages=1, breaks=operation.breaks)
    if walk.tool is Tool.TERRAFORM:
        step = by_terraform(step, before, difference)
    walk.add(step, after)


def _by_hand(before: Cluster, difference: Difference) -> set[str]:
    """The pools whose nodes have to be rebuilt for it by hand, "" for all."""
    found = {""} if any(BY_PATH[path].by_hand for path in difference.cluster) else set()
    if before.identity.type is None and difference.cluster.get("identity.type") == "UserAssigned":
        found.add("")  # the kubelets keep the service principal until then (user-assigned-managed-identity)
    pools = {
        name
        for name, sets in difference.pools.items()
        if any(BY_PATH[path].by_hand for path in sets) and not _replaced(before, name, sets)
    }
    return found | pools


def _replaced(before: Cluster, name: str, sets: Mapping[str, object]) -> bool:
    return change(before, sets, pool=pool_named(before, name)).cost is Cost.NEW_POOL


def _only_by_hand(before: Cluster, difference: Difference) -> bool:
    others = [path for path in difference.paths() if not BY_PATH[path].by_hand and not path.startswith("identity.")]
    return all(BY_PATH[path].cost < Cost.REIMAGE for path in others)


def _upgrade(walk: Walk, operation: Operation, difference: Difference) -> None:
    """One minor version at a time: node pools that lag, then the cluster with its pools, then pools that go further."""
    target = difference.cluster.get("upkeep.kubernetes_version")
    if target is not None:
        _lagging(walk, operation)
        for version in _minors(str(known(walk.now.upkeep.kubernetes_version)), str(target)):
            sets: dict[str, object] = {"upkeep.kubernetes_version": version}
            pools: dict[str, dict[str, object]] = {
                pool.name: {"pool.kubernetes_version": version}
                for pool in (walk.now.pools if is_known(walk.now.pools) else ())
                if isinstance(pool.kubernetes_version, str)
            }
            commands = _upgrade_commands(walk.now, sets, pools)
            _upgraded(
                walk, operation, f"{operation.title} to {version}", commands, Difference(cluster=sets, pools=pools)
            )
            walk.waiting.clear()
    for name, of_pool in difference.pools.items():
        _upgrade_pool(walk, operation, name, str(of_pool["pool.kubernetes_version"]))


def _upgrade_commands(
    now: Cluster, sets: Mapping[str, object], pools: Mapping[str, Mapping[str, object]]
) -> tuple[str, ...]:
    """The control plane first, so that it is tried before any node follows; then pool after pool.

    In one call where the pools are not known, or where an automatic upgrade channel forbids to part them
    (https://learn.microsoft.com/azure/aks/auto-upgrade-cluster).
    """
    together = tuple(split(change(now, sets).command))
    all_known = is_known(now.pools) and len(pools) == len(now.pools)
    if not pools or not all_known or now.upkeep.upgrade_channel is not None:
        return together
    nodes = (
        line
        for name, of_pool in pools.items()
        for line in split(change(now, of_pool, pool=pool_named(now, name)).command)
    )
    return (*(f"{line} --control-plane-only" for line in together), *nodes)


def _lagging(walk: Walk, operation: Operation) -> None:
    version = str(known(walk.now.upkeep.kubernetes_version))
    for pool in walk.now.pools if is_known(walk.now.pools) else ():
        if isinstance(pool.kubernetes_version, str) and minor(pool.kubernetes_version) < minor(version):
            _upgrade_pool(walk, operation, pool.name, version)


def _upgrade_pool(walk: Walk, operation: Operation, name: str, target: str) -> None:
    current = str(pool_named(walk.now, name).kubernetes_version)
    if minor(current) >= minor(target):
        return
    for version in _minors(current, target):
        sets: dict[str, object] = {"pool.kubernetes_version": version}
        commands = tuple(split(change(walk.now, sets, pool=pool_named(walk.now, name)).command))
        title = f"Upgrade the nodes of {name} to Kubernetes {version}"
        _upgraded(walk, operation, title, commands, Difference(pools={name: sets}))
        walk.waiting.discard(name)


def _minors(current: str, target: str) -> list[str]:
    (major, first), (_, last) = minor(current), minor(target)
    return [*(f"{major}.{number}" for number in range(first + 1, last)), target]


def _upgraded(walk: Walk, operation: Operation, title: str, commands: tuple[str, ...], difference: Difference) -> None:
    after = put(walk.now, difference.cluster)
    for name, sets in difference.pools.items():
        after = apply(after, sets, pool_named(after, name))
    step = Step(
        id=operation.id,
        title=title,
        commands=commands,
        cost=Cost.REIMAGE,
        one_way=True,
        reimages=1,
        before=operation.before,
        breaks=operation.breaks,
        verify=operation.verify,
        rollback=NO_WAY_BACK,
        sets=flat(difference),
    )
    if walk.tool is Tool.TERRAFORM:
        step = by_terraform(step, walk.now, difference)
    walk.add(step, after)


def _node_images(walk: Walk) -> None:
    """Rebuild the nodes once for everything that has waited for it."""
    if not walk.waiting:
        return
    group, name = shlex.quote(walk.now.resource_group or "GROUP"), shlex.quote(walk.now.name)
    command = f"az aks upgrade -g {group} -n {name} --node-image-only"
    pools = [
        f"az aks nodepool upgrade -g {group} --cluster-name {name} -n {shlex.quote(pool)} --node-image-only"
        for pool in sorted(walk.waiting)
    ]
    step = Step(
        id="node_images",
        title="Rebuild the nodes, so that they take over what was changed",
        commands=(command,) if "" in walk.waiting else tuple(pools),
        cost=Cost.REIMAGE,
        reimages=1,
        before=("PodDisruptionBudgets let pods go: kubectl get pdb -A",),
        breaks=(NODES,),
        verify=("kubectl get nodes",),
        rollback="nothing to undo: the settings belong to the steps before",
        why="the settings of the steps before reach the nodes only now",
    )
    walk.add(step, walk.now)
    walk.waiting.clear()


def _credited(walk: Walk) -> tuple[Step, ...]:
    """Each check goes to the last step that it needs; the steps before say what they are for."""
    wanted = walk.wanted
    last: dict[str, int] = {}
    asked: list[dict[str, None]] = []
    for number, step in enumerate(walk.steps):
        rules = {rule: None for path in _paths(step) for rule in wanted.asked.get(path, ()) if rule in wanted.mends}
        asked.append(rules)
        last |= dict.fromkeys(rules, number)
    done: list[Step] = []
    for number, (step, rules) in enumerate(zip(walk.steps, asked, strict=True)):
        mends = tuple(sorted(rule for rule in rules if last[rule] == number))
        reasons = [wanted.needed[path] for path in _paths(step) if path in wanted.needed and not wanted.asked.get(path)]
        on_the_way = [f"on the way to {rule}" for rule in rules if last[rule] != number]
        why = step.why or "; ".join(dict.fromkeys(reasons or ([] if mends else on_the_way)))
        done.append(msgspec.structs.replace(step, mends=mends, why=why))
    return tuple(done)


def _paths(step: Step) -> list[str]:
    return [re.sub(r"^pools\[.*\]\.", "pool.", path) for path in step.sets]
