"""From what has to change to steps in order, with commands, prices and ways back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

import msgspec

from seawall.checks.kubernetes_versions import minor
from seawall.model import UNKNOWN, Cluster, Cost, Pool, Step, Tool, is_known, known
from seawall.model.paths import get, put
from seawall.remedies.difference import Difference, differences
from seawall.remedies.needs import has_principal
from seawall.remedies.operations import NODES, Operation, ordered
from seawall.remedies.terraform import edit
from seawall.remedies.wanted import Wanted, apply
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.fields import BY_PATH

NO_WAY_BACK = "no way back"

_BY_COST = frozenset({"free", "by_hand", "reimaging", "pools", "new_pools"})
"""Operations that take whatever costs the same, and so have no words of their own on a setting."""

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
    walk = Walk(now=cluster, wanted=wanted, tool=tool, waiting=set(), steps=[])
    for operation in ordered(found):
        difference = found[operation.id]
        if operation.id == "upgrade":
            _upgrade(walk, operation, difference)
            continue
        if operation.id == "outbound" and walk.now.network.artifact_source == "Cache":
            _node_images(walk)
        if operation.id == "new_pools":
            replaced = len(difference.pools) == len(known(walk.now.pools))
            walk.waiting -= walk.waiting if replaced else set(difference.pools)
            _node_images(walk)
        _operate(walk, operation, difference)
    _node_images(walk)
    return _credited(walk)


def _operate(walk: Walk, operation: Operation, difference: Difference) -> None:
    before, sets = walk.now, difference.cluster
    after = put(before, sets)
    for name, of_pool in difference.pools.items():
        after = apply(after, of_pool, _pool(after, name))
    commands, cost, one_way = _priced(before, difference)
    back = _back(before, after, difference)
    one_way = one_way or back == NO_WAY_BACK
    by_hand = _by_hand(before, difference)
    walk.waiting |= by_hand
    if by_hand and cost is Cost.REIMAGE and _only_by_hand(before, difference):
        cost = Cost.IN_PLACE
    step = Step(
        id=operation.id,
        title=_title(operation, before, after, difference),
        commands=_commands(operation, before, after, commands),
        cost=cost,
        one_way=one_way,
        reimages=int(cost is Cost.REIMAGE),
        before=(*operation.before, *_before(operation, before, after), *_constraints(operation, difference)),
        breaks=operation.breaks if cost > Cost.IN_PLACE or operation.id in _BREAKS_ANYWAY else (),
        after=(*operation.then, *_then(operation, before, after)),
        verify=operation.verify,
        rollback=operation.rollback or (NO_WAY_BACK if one_way else back),
        sets=_flat(difference),
    )
    if operation.id == "certificates":
        step = msgspec.structs.replace(step, cost=Cost.REIMAGE, reimages=1, breaks=operation.breaks)
    if walk.tool is Tool.TERRAFORM:
        step = _by_terraform(step, before, difference)
    walk.add(step, after)


def _parts(before: Cluster, difference: Difference) -> Iterator[tuple[Mapping[str, object], Pool | None]]:
    """The changes to ask the price of. Add-ons come first: a flag may be a setting of one."""
    whole = {path: new for path, new in difference.cluster.items() if _is_whole(path, new)}
    rest = {path: new for path, new in difference.cluster.items() if path not in whole}
    yield from ((some, None) for some in (whole, rest) if some)
    yield from ((sets, _pool(before, name)) for name, sets in difference.pools.items())


def _is_whole(path: str, new: object) -> bool:
    field = BY_PATH[path]
    return field.az_update[0 if new not in (None, False, ()) else 1].startswith("az ")


def _priced(before: Cluster, difference: Difference) -> tuple[list[str], Cost, bool]:
    changes = [change(before, sets, pool=pool) for sets, pool in _parts(before, difference)]
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


def _back(before: Cluster, after: Cluster, difference: Difference) -> str:
    """The commands that undo it, "" where an old value is not known, NO_WAY_BACK where AKS has none."""
    found: list[str] = []
    for sets, pool in _parts(before, difference):
        old = {path: get(before, path, pool) for path in sets}
        known_ones = {path: value for path, value in old.items() if is_known(value)}
        undone = change(after, known_ones, pool=pool and _pool(after, pool.name))
        if undone.cost is Cost.NEW_CLUSTER:
            return NO_WAY_BACK
        if len(known_ones) < len(old) or undone.cost > Cost.REIMAGE:
            return ""
        found += split(undone.command)
    return " && ".join(dict.fromkeys(found))


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
    return change(before, sets, pool=_pool(before, name)).cost is Cost.NEW_POOL


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
            commands = tuple(split(change(walk.now, sets).command))
            pools: dict[str, dict[str, object]] = {
                pool.name: {"pool.kubernetes_version": version}
                for pool in (walk.now.pools if is_known(walk.now.pools) else ())
                if isinstance(pool.kubernetes_version, str)
            }
            _upgraded(
                walk, operation, f"{operation.title} to {version}", commands, Difference(cluster=sets, pools=pools)
            )
            walk.waiting.clear()
    for name, of_pool in difference.pools.items():
        _upgrade_pool(walk, operation, name, str(of_pool["pool.kubernetes_version"]))


def _lagging(walk: Walk, operation: Operation) -> None:
    version = str(known(walk.now.upkeep.kubernetes_version))
    for pool in walk.now.pools if is_known(walk.now.pools) else ():
        if isinstance(pool.kubernetes_version, str) and minor(pool.kubernetes_version) < minor(version):
            _upgrade_pool(walk, operation, pool.name, version)


def _upgrade_pool(walk: Walk, operation: Operation, name: str, target: str) -> None:
    current = str(_pool(walk.now, name).kubernetes_version)
    if minor(current) >= minor(target):
        return
    for version in _minors(current, target):
        sets: dict[str, object] = {"pool.kubernetes_version": version}
        commands = tuple(split(change(walk.now, sets, pool=_pool(walk.now, name)).command))
        title = f"Upgrade the nodes of {name} to Kubernetes {version}"
        _upgraded(walk, operation, title, commands, Difference(pools={name: sets}))
        walk.waiting.discard(name)


def _minors(current: str, target: str) -> list[str]:
    (major, first), (_, last) = minor(current), minor(target)
    return [*(f"{major}.{number}" for number in range(first + 1, last)), target]


def _upgraded(walk: Walk, operation: Operation, title: str, commands: tuple[str, ...], difference: Difference) -> None:
    after = put(walk.now, difference.cluster)
    for name, sets in difference.pools.items():
        after = apply(after, sets, _pool(after, name))
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
        sets=_flat(difference),
    )
    if walk.tool is Tool.TERRAFORM:
        step = _by_terraform(step, walk.now, difference)
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


def _by_terraform(step: Step, before: Cluster, difference: Difference) -> Step:
    """The step as Terraform makes it; az keeps what azurerm cannot do, or would destroy the cluster for."""
    parts = list(_parts(before, difference))
    edits = [edit(before, sets, pool) for sets, pool in parts]
    lines = tuple(dict.fromkeys(line for each in edits for line in each.lines))
    if not lines or any(each.destroys for each in edits):
        return msgspec.structs.replace(step, terraform=lines)
    replaced = tuple(line for sets, pool in parts for line in split(change(before, sets, pool=pool).command))
    own = [line for line in step.commands if not line.startswith(replaced)]
    by_az = [
        line
        for (sets, pool), each in zip(parts, edits, strict=True)
        for line in split(change(before, {path: sets[path] for path in sets if path in each.by_az}, pool=pool).command)
    ]
    rollback = "write the old values again, and apply" if step.rollback.startswith("az ") else step.rollback
    return msgspec.structs.replace(
        step,
        terraform=lines,
        commands=tuple(dict.fromkeys((*by_az, *own))),
        cost=max(step.cost, *(each.cost for each in edits)),
        rollback=rollback,
    )


def _title(operation: Operation, before: Cluster, after: Cluster, difference: Difference) -> str:
    if operation.id == "engine":
        return f"{operation.title} with {after.network.policy}"
    if operation.id in ("pools", "new_pools"):
        return f"{operation.title}: {', '.join(difference.pools)}"
    if operation.id == "identity":
        return f"{operation.title} ({after.identity.type})"
    return operation.title


def _commands(operation: Operation, before: Cluster, after: Cluster, commands: list[str]) -> tuple[str, ...]:
    group, name = shlex.quote(before.resource_group or "GROUP"), shlex.quote(before.name)
    update = f"az aks update -g {group} -n {name}"
    match operation.id:
        case "entra" if any("--enable-aad" in line for line in commands) and after.access.azure_rbac is not True:
            groups = after.access.admin_groups
            if not (is_known(groups) and groups) or before.access.admin_groups == groups:
                commands = [f"{line} --aad-admin-group-object-ids GROUP_OBJECT_ID" for line in commands]
        case "certificates":
            commands = [f"az aks rotate-certs -g {group} -n {name}"]
        case "identity" if after.identity.type == "UserAssigned":
            commands = [f"az identity create -g {group} -n {name}-control-plane --query id -o tsv", *commands]
        case "vnet_integration":
            again = " --enable-private-cluster" if before.api_server.private is True else ""
            commands = [*(f"{line}{again}" for line in commands)]
            commands += [f"az aks stop -g {group} -n {name}", f"az aks start -g {group} -n {name}"]
        case "private" if before.api_server.authorized_ranges not in ((), UNKNOWN) and after.api_server.private is True:
            commands = [f"{update} --api-server-authorized-ip-ranges ''", f"{update} --enable-private-cluster"]
        case "etcd" if after.protection.kms is True:
            commands = [*commands, "kubectl get secrets -A -o json | kubectl replace -f -"]
    return tuple(commands)


def _before(operation: Operation, before: Cluster, after: Cluster) -> Iterator[str]:
    if operation.id == "engine" and after.network.policy == "cilium":
        yield "no Windows pools; node auto-provisioning is off: az aks update --node-provisioning-mode Manual"
        yield "no ipBlock of a NetworkPolicy means pods or nodes: Cilium does not match them; endPort needs Cilium 1.17"
    if operation.id == "overlay" and before.network.plugin != "kubenet":
        yield "no pool has a pod subnet of its own"


def _constraints(operation: Operation, difference: Difference) -> Iterator[str]:
    """What the table of settings says, for operations that have no words of their own on it."""
    for path in difference.paths() if operation.id in _BY_COST else ():
        if constraints := BY_PATH[path].constraints:
            yield f"{path}: {constraints}"


def _then(operation: Operation, before: Cluster, after: Cluster) -> Iterator[str]:
    if operation.id == "identity" and has_principal(before):
        yield "delete the service principal's secret, once nothing else uses it"
    ranges = before.api_server.authorized_ranges
    if operation.id == "private" and is_known(ranges) and ranges:
        yield "between the two commands the API server is open to every address: run them back to back"


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


def _flat(difference: Difference) -> dict[str, object]:
    flat = dict(difference.cluster)
    for name, sets in difference.pools.items():
        flat |= {path.replace("pool.", f"pools[{name}].", 1): value for path, value in sets.items()}
    return flat


def _pool(cluster: Cluster, name: str) -> Pool:
    return next(pool for pool in known(cluster.pools) if pool.name == name)
