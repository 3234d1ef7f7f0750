"""AKS-PLN-003."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.checks.plan.rule import Facts, Said, rule
from seawall.model import Cluster, Pool, Severity, Status, Unknown, is_known
from seawall.model.paths import all_paths, get
from seawall.sources.clusters.fields import BY_PATH
from seawall.sources.clusters.terraform.changes import Change

_VERSIONS = ("upkeep.kubernetes_version", "pool.kubernetes_version")
"""Every upgrade goes one way, and that is as it should be."""


@rule(
    "AKS-PLN-003",
    severity=Severity.HIGH,
    refs=[
        "https://learn.microsoft.com/azure/aks/use-oidc-issuer",
        "https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/5.0-upgrade-guide",
    ],
)
def one_way(change: Change, facts: Facts) -> Iterator[Said]:
    """The plan passes a one-way door.

    ## Why it matters
    The setting cannot be switched off again on this cluster. Taking it out of the configuration later fails, or
    replaces the cluster. It may be right to go, but someone has to decide it: an upgrade of the provider that changes
    a default (azurerm 5 and `oidc_issuer_enabled`) must not.

    ## Fix
    Where it is meant, apply it knowing so. Where it is not, write the present value into the configuration. An upgrade
    of Kubernetes goes one way, too; it is told with low severity.
    """
    before, after = change.before, change.after
    if change.pool or change.replaced or not before or not after:
        return
    for pool, new_pool in ((None, None), *_pairs(before, after)):
        for path in all_paths():
            if path.startswith("pool.") is not (pool is None):
                yield from _passed(path, before, after, pool, new_pool, facts)


def _pairs(before: Cluster, after: Cluster) -> Iterator[tuple[Pool, Pool]]:
    """The pools that are there before and after."""
    later = {pool.name: pool for pool in after.pools} if is_known(after.pools) else {}
    for pool in before.pools if is_known(before.pools) else ():
        if pool.name in later:
            yield pool, later[pool.name]


def _passed(
    path: str, before: Cluster, after: Cluster, pool: Pool | None, new_pool: Pool | None, facts: Facts
) -> Iterator[Said]:
    old, new = get(before, path, pool), get(after, path, new_pool)
    severity = Severity.LOW if path in _VERSIONS else None
    name = pool.name if pool else ""
    if isinstance(new, Unknown) or isinstance(old, Unknown):
        same = isinstance(new, Unknown) and isinstance(old, Unknown) and new.reason == old.reason
        if BY_PATH[path].one_way and not same:
            side, reason = ("will be", new.reason) if isinstance(new, Unknown) else ("is", old.reason)
            message = f"cannot be decided whether a one-way door is passed: what {path} {side} is not known ({reason})"
            yield Said(message=message, field=path, status=Status.UNKNOWN, severity=severity, pool=name)
    elif old != new and (costs := facts.price(before, {path: new}, pool=pool)).one_way:
        message = f"{path}: {_word(old)} → {_word(new)} cannot be undone on this cluster"
        yield Said(message=message, field=path, severity=severity, pool=name, change=costs)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value or "none")
