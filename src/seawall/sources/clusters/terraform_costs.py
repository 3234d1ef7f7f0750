"""What a change costs when azurerm makes it: it destroys for changes that AKS makes in place.

Read in the source of azurerm 5.2.0, and of what changed since which version in its pull requests and upgrade guides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from seawall.model import Cost, TerraformCost, is_known
from seawall.sources.clusters.az_costs import az_price
from seawall.sources.clusters.field import Replaces
from seawall.sources.clusters.shift import Price, Shift

Version = tuple[int, int]

NEWEST: Version = (5, 2)
OLDEST: Version = (3, 0)


def provider_version(text: str) -> Version:
    """`4.60` and `4.60.1` are (4, 60); "" and what is no version are the newest that is known."""
    found = re.match(r"v?(\d{1,4})(?:\.(\d{1,4}))?", text)
    return (int(found[1]), int(found[2] or 0)) if found else NEWEST


def terraform_price(move: Shift, version: Version = NEWEST) -> Price:
    """azurerm destroys for changes that AKS makes in place; where it does not, the cost is that of AKS."""
    field = move.field
    if not field.terraform:
        return Price(Cost.UNKNOWN, note=f"azurerm has no attribute for {field.path}; change it with az")
    first = _FIRST.get(field.path, OLDEST)
    if version < first:
        return Price(Cost.UNKNOWN, note=f"azurerm has {field.terraform} from {_text(first)} on; change it with az")
    rule = _TERRAFORM.get(field.path)
    replaces = rule(move, version) if rule else field.terraform_replaces
    if replaces is None:
        return Price(Cost.UNKNOWN, note=f"azurerm replaces the cluster for some changes of {field.terraform}")
    if replaces is Replaces.NOTHING:
        return az_price(move)
    cost = Cost.NEW_CLUSTER if replaces is Replaces.CLUSTER else Cost.NEW_POOL
    return Price(cost, note=f"azurerm replaces {replaces.value} to change {field.terraform}")


def by_version(moves: Sequence[Shift], worst: Callable[[Iterable[Cost]], Cost]) -> tuple[TerraformCost, ...]:
    """What the moves together cost with each version of azurerm; versions that cost the same are one entry."""
    turns = {turn for move in moves for turn in _TURNS.get(move.field.path, ())}
    costs: list[TerraformCost] = []
    for version in (OLDEST, *sorted(turns)):
        prices = [terraform_price(move, version) for move in moves]
        cost = worst(price.cost for price in prices)
        if not costs or costs[-1].cost is not cost:
            note = "; ".join(dict.fromkeys(price.note for price in prices if price.note))
            costs.append(TerraformCost(since=_text(version) if costs else "", cost=cost, note=note))
    return tuple(costs)


def _text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def _replaced(answer: bool) -> Replaces:
    return Replaces.CLUSTER if answer else Replaces.NOTHING


def _policy(move: Shift, version: Version) -> Replaces | None:
    if move.new == "cilium":
        since = (4, 59) if move.old == "calico" else (4, 58)
        return _replaced(version < since)
    if move.old is None:
        # 3.x replaced the cluster for it until hashicorp/terraform-provider-azurerm#26281, of June 2024.
        return Replaces.NOTHING if version >= (4, 0) else None
    return Replaces.CLUSTER if is_known(move.old) else None


def _plugin(move: Shift, version: Version) -> Replaces | None:
    if not is_known(move.old):
        return None
    overlay = move.old == "kubenet" and move.new == "azure" and move.after("network.plugin_mode") == "overlay"
    return _replaced(not overlay or version < (4, 66))


def _fips(move: Shift, version: Version) -> Replaces:
    # The first pool is part of the cluster, which was replaced with it until its pools could be cycled.
    system = move.pool is None or move.pool.mode == "System"
    return Replaces.CLUSTER if system and version < (4, 24) else Replaces.POOL


def _os_sku(move: Shift, _: Version) -> Replaces:
    plain = all(str(sku).startswith(("Ubuntu", "AzureLinux")) for sku in (move.old, move.new))
    return Replaces.NOTHING if plain else Replaces.POOL


_TERRAFORM: Mapping[str, Callable[[Shift, Version], Replaces | None]] = {
    "api_server.subnet": lambda move, _: _replaced(move.new is None),
    "identity.oidc_issuer": lambda move, version: _replaced(not move.new and version >= (4, 68)),
    "identity.service_principal": lambda move, _: _replaced(move.old is None),
    "identity.type": lambda move, _: _replaced(move.new is None),
    "network.dataplane": lambda move, version: _replaced(move.new != "cilium" or version < (4, 58)),
    "network.plugin": _plugin,
    "network.plugin_mode": lambda move, version: _replaced(move.new != "overlay" or version < (4, 66)),
    "network.pod_cidr": lambda move, _: _replaced(move.old is not None),
    "network.policy": _policy,
    "pool.fips": _fips,
    "pool.os_sku": _os_sku,
    "pool.taints": lambda move, _: Replaces.POOL if move.pool and move.pool.mode == "System" else Replaces.NOTHING,
}

_FIRST: Mapping[str, Version] = {
    "api_server.subnet": (4, 46),
    "api_server.vnet_integration": (4, 46),
    "network.acns": (4, 45),
    "network.acns_security": (4, 45),
    "protection.pod_security_level": (4, 67),
    "protection.safeguards_level": (4, 67),
}
"""The first version that has the attribute, where the older ones lack it."""

_TURNS: Mapping[str, tuple[Version, ...]] = {
    **{path: (version,) for path, version in _FIRST.items()},
    "identity.oidc_issuer": ((4, 68),),
    "network.dataplane": ((4, 58),),
    "network.plugin": ((4, 66),),
    "network.plugin_mode": ((4, 66),),
    "network.policy": ((4, 0), (4, 58), (4, 59)),
    "pool.fips": ((4, 24),),
}
"""The versions from which a change may cost something else."""
