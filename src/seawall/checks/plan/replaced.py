"""AKS-PLN-001."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.checks.plan.rule import Facts, Said, rule
from seawall.model import Change as Costs
from seawall.model import Cluster, Cost, Pool, Severity, is_known
from seawall.model.paths import get
from seawall.sources.clusters.terraform.changes import Change, Moved


@rule(
    "AKS-PLN-001",
    severity=Severity.CRITICAL,
    refs=[
        "https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster",
        "https://developer.hashicorp.com/terraform/internals/json-format#change-representation",
    ],
)
def replaced(change: Change, facts: Facts) -> Iterator[Said]:
    """The plan replaces a cluster or a node pool.

    ## Why it matters
    Replacing is destroying first: everything in the cluster stops, and its addresses, its identities and what is kept
    on its nodes are gone before the new one is there. azurerm does so for changes that AKS makes in place. It also
    updates some attributes of a node pool by making another pool and deleting the first, without draining its nodes.

    ## Fix
    Where AKS makes the change in place, the finding says how with az, and from which version of azurerm on Terraform
    does it, too. Make it with az, then let `terraform plan -refresh-only` take note of it. Where only a new cluster or
    pool can have the setting, build it beside the old one, move the workloads, and remove the old one last.
    """
    what = f"node pool {change.pool}" if change.pool else "the cluster"
    if change.replaced:
        forced = _listed(change.forced) or change.reason or "the plan does not say why"
        way, other = _in_place(change, change.forced, facts)
        message = f"{change.address}: {what} would be destroyed and made anew, because of {forced}; {way}"
        field = next((path for moved in change.forced for path in moved.paths[:1] or (moved.attribute,)), "")
        yield Said(message=message, field=field, severity=Severity.HIGH if change.pool else None, change=other)
    elif change.cycled:
        pool = _pool(change)
        name = pool.name if pool else change.pool or "default"
        way, other = _in_place(change, change.cycled, facts)
        forced = _listed(change.cycled)
        message = f"{change.address}: azurerm replaces node pool {name} without draining it, because of {forced}; {way}"
        field = (*change.cycled[0].paths, change.cycled[0].attribute)[0]
        yield Said(message=message, field=field, severity=Severity.HIGH, pool=name, change=other)


def _listed(moved: tuple[Moved, ...]) -> str:
    return ", ".join(dict.fromkeys(each.text for each in moved))


def _in_place(change: Change, moved: tuple[Moved, ...], facts: Facts) -> tuple[str, Costs | None]:
    """Whether AKS can do without, in words, and what that costs."""
    before, after, pool = change.before, change.after, _pool(change)
    paths = [path for each in moved for path in each.paths]
    if not before or not after or not paths or not all(each.paths for each in moved):
        return "no way to do it in place is known", None
    pool_after = _named(after, pool.name) if pool else None
    if any(path.startswith("pool.") for path in paths) and not (pool and pool_after):
        return "no way to do it in place is known", None
    values = {path: get(after, path, pool_after) for path in paths}
    sets = {path: value for path, value in values.items() if value != get(before, path, pool)}
    told = {path: value for path, value in sets.items() if is_known(value)}
    costs = facts.price(before, told, pool=pool)
    if not sets or (len(told) < len(sets) and costs.cost < Cost.NEW_POOL):
        return "whether AKS could do it in place depends on what is known only later", None
    if costs.cost >= Cost.NEW_POOL:
        return ("no source says what AKS makes of it" if costs.cost is Cost.UNKNOWN else _none(costs)), costs
    since = [each.since for each in costs.terraform if each.since and each.cost < Cost.NEW_POOL]
    with_azurerm = f", and azurerm from {since[0]} on" if since else ""
    return f"AKS makes the change in place ({_cost(costs)}): az does{with_azurerm}", costs


def _none(costs: Costs) -> str:
    return f"AKS cannot do it in place either ({_cost(costs)})"


def _cost(costs: Costs) -> str:
    return str(costs.cost).replace("_", " ")


def _pool(change: Change) -> Pool | None:
    """The pool as it is: that of the change, or the first one, which azurerm keeps in the cluster."""
    if change.before is None or not is_known(change.before.pools) or not change.before.pools:
        return None
    return _named(change.before, change.pool) if change.pool else change.before.pools[0]


def _named(cluster: Cluster, name: str) -> Pool | None:
    pools = cluster.pools if is_known(cluster.pools) else ()
    return next((pool for pool in pools if pool.name == name), None)
