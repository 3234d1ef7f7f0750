"""What a change costs when azurerm makes it: it destroys for changes that AKS makes in place.

Read in the source of azurerm 5.2.0. Older versions replace more: the dataplane changes in place since 4.58, the policy
engine since 4.59, overlay since 4.66; switching the OIDC issuer off replaces since 4.68.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seawall.model import Cost, is_known
from seawall.sources.clusters.az_costs import az_price
from seawall.sources.clusters.field import Replaces
from seawall.sources.clusters.shift import Price, Shift


def terraform_price(move: Shift) -> Price:
    """azurerm destroys for changes that AKS makes in place; where it does not, the cost is that of AKS."""
    field = move.field
    if not field.terraform:
        return Price(Cost.UNKNOWN, note=f"azurerm has no attribute for {field.path}; change it with az")
    rule = _TERRAFORM.get(field.path)
    replaces = rule(move) if rule else field.terraform_replaces
    if replaces is None:
        return Price(Cost.UNKNOWN, note=f"azurerm replaces the cluster for some changes of {field.terraform}")
    if replaces is Replaces.NOTHING:
        return az_price(move)
    cost = Cost.NEW_CLUSTER if replaces is Replaces.CLUSTER else Cost.NEW_POOL
    return Price(cost, note=f"azurerm replaces {replaces.value} to change {field.terraform}")


def _replaced(answer: bool) -> Replaces:
    return Replaces.CLUSTER if answer else Replaces.NOTHING


def _terraform_policy(move: Shift) -> Replaces | None:
    if move.old is None or move.new == "cilium":
        return Replaces.NOTHING
    return Replaces.CLUSTER if is_known(move.old) else None


def _terraform_plugin(move: Shift) -> Replaces | None:
    if not is_known(move.old):
        return None
    overlay = move.old == "kubenet" and move.new == "azure" and move.after("network.plugin_mode") == "overlay"
    return _replaced(not overlay)


def _terraform_os_sku(move: Shift) -> Replaces:
    plain = all(str(sku).startswith(("Ubuntu", "AzureLinux")) for sku in (move.old, move.new))
    return Replaces.NOTHING if plain else Replaces.POOL


_TERRAFORM: Mapping[str, Callable[[Shift], Replaces | None]] = {
    "api_server.subnet": lambda move: _replaced(move.new is None),
    "identity.oidc_issuer": lambda move: _replaced(not move.new),
    "identity.service_principal": lambda move: _replaced(move.old is None),
    "identity.type": lambda move: _replaced(move.new is None),
    "network.dataplane": lambda move: _replaced(move.new != "cilium"),
    "network.plugin": _terraform_plugin,
    "network.plugin_mode": lambda move: _replaced(move.new != "overlay"),
    "network.pod_cidr": lambda move: _replaced(move.old is not None),
    "network.policy": _terraform_policy,
    "pool.os_sku": _terraform_os_sku,
    "pool.taints": lambda move: Replaces.POOL if move.pool and move.pool.mode == "System" else Replaces.NOTHING,
}
