"""What a change costs when az makes it, where that depends on its values; the table holds the rest.

Read in the AKS documentation of August 2026: use-network-policies, update-azure-cni, egress-outboundtype,
api-server-vnet-integration, node-disruption-policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_network

from seawall.model import Cost, is_known
from seawall.sources.clusters.plan import POOL
from seawall.sources.clusters.shift import Price, Shift


def az_price(move: Shift) -> Price:
    """What the change costs when az, or anything else that speaks to ARM, makes it."""
    rule = _RULES.get(move.field.path)
    return (rule(move) if rule else None) or _by_row(move)


def _by_row(move: Shift) -> Price:
    """What the table says; a one-way door has no flag to go back through."""
    if move.field.one_way and not move.az:
        return Price(Cost.NEW_POOL if move.field.group == POOL else Cost.NEW_CLUSTER)
    return Price(move.field.cost, move.field.one_way and move.on)


def _policy(move: Shift) -> Price:
    if move.old == "cilium" or move.after("network.plugin") is None:
        note = "AKS has no way to remove Cilium, or to bring an engine to a CNI of your own"
        return Price(Cost.NEW_CLUSTER, note=note)
    if move.new in ("azure", "cilium") and move.cluster.network.plugin == "kubenet":
        note = f"kubenet cannot run {move.new}, so overlay comes first: with a user-assigned identity, no custom routes"
        return Price(Cost.REIMAGE, True, note)
    if move.new != "cilium" and not is_known(move.old):
        return Price(Cost.UNKNOWN, note="removing Cilium needs a new cluster; any other engine can be changed in place")
    return Price(Cost.REIMAGE, move.new == "cilium", _windows(move))


def _dataplane(move: Shift) -> Price:
    if move.new == "cilium":
        return Price(Cost.REIMAGE, True, _windows(move))
    return Price(Cost.NEW_CLUSTER if is_known(move.old) else Cost.UNKNOWN)


def _windows(move: Shift) -> str:
    pools = move.cluster.pools if move.new == "cilium" and is_known(move.cluster.pools) else ()
    windows = ", ".join(pool.name for pool in pools if pool.os_type == "Windows")
    return f"Cilium has no Windows: these pools must go first: {windows}" if windows else ""


def _plugin(move: Shift) -> Price:
    if move.new != "azure" or move.old is None:
        return Price(Cost.NEW_CLUSTER)
    if not is_known(move.old):
        note = "from kubenet it is made in place, from a CNI of your own it needs a new cluster"
        return Price(Cost.UNKNOWN, note=note)
    return Price(Cost.REIMAGE, True)


def _plugin_mode(move: Shift) -> Price:
    if move.new != "overlay" or move.after("network.plugin") is None:
        return Price(Cost.NEW_CLUSTER)
    return Price(Cost.REIMAGE, True, "a network policy engine is removed before and nothing enforced until it is back")


def _private(move: Shift) -> Price:
    if move.after("api_server.vnet_integration") is True:
        return Price(Cost.IN_PLACE)
    note = "in place only once API server VNet integration is on, itself a one-way change that reimages all pools"
    return Price(Cost.NEW_CLUSTER, note=note)


def _private_dns_zone(move: Shift) -> Price:
    return Price(Cost.REIMAGE, True) if move.new is None else Price(Cost.NEW_CLUSTER)


MANAGED_VNET: Mapping[str | None, frozenset[str | None]] = {
    "loadBalancer": frozenset({"managedNATGatewayV2", "managedNATGateway", None, "block"}),
    "managedNATGatewayV2": frozenset({None, "block"}),
    "managedNATGateway": frozenset({"managedNATGatewayV2", None, "block"}),
    None: frozenset({"loadBalancer", "managedNATGatewayV2", "managedNATGateway", "block"}),
    "block": frozenset({"loadBalancer", "managedNATGatewayV2", "managedNATGateway", None}),
}
"""Outbound types by what they can become where AKS made the network: egress-outboundtype, CHANGELOG 2026-05-29."""

OWN_VNET: Mapping[str | None, frozenset[str | None]] = {
    old: frozenset({"loadBalancer", "userAssignedNATGateway", "userDefinedRouting", None}) - {old}
    for old in ("loadBalancer", "userAssignedNATGateway", "userDefinedRouting", None)
}
"""The same where the network is yours: egress-outboundtype."""


def _outbound(move: Shift) -> Price:
    pools = move.cluster.pools if is_known(move.cluster.pools) else ()
    subnets = {None if pool.subnet is None else "own" if is_known(pool.subnet) else "?" for pool in pools}
    matrices = [OWN_VNET] if "own" in subnets else [MANAGED_VNET] if subnets == {None} else [OWN_VNET, MANAGED_VNET]
    if not is_known(move.old):
        return Price(Cost.UNKNOWN)
    answers = {move.new in matrix.get(move.old, frozenset()) for matrix in matrices}  # type: ignore[call-overload]
    if len(answers) > 1:
        return Price(Cost.UNKNOWN, note="it depends on whether the virtual network is yours")
    return Price(Cost.REIMAGE if True in answers else Cost.NEW_CLUSTER)


def _identity(move: Shift) -> Price | None:
    """To a managed identity is a one-way door; from one kind of it to another touches no node."""
    if move.new is None:
        return Price(Cost.NEW_CLUSTER)
    return Price(Cost.IN_PLACE) if isinstance(move.old, str) else None


def _service_principal(move: Shift) -> Price:
    if move.new is None:
        return Price(Cost.REIMAGE, True)
    return Price(Cost.NEW_CLUSTER if move.old is None else Cost.REIMAGE if is_known(move.old) else Cost.UNKNOWN)


def _version(move: Shift) -> Price | None:
    if isinstance(move.old, str) and isinstance(move.new, str) and _numbers(move.new) < _numbers(move.old):
        return Price(Cost.NEW_POOL if move.pool else Cost.NEW_CLUSTER, note="a version cannot be taken back")
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split(".")[:3] if part.isdigit())


def _node_os_channel(move: Shift) -> Price:
    if "Unmanaged" in (move.old, move.new):
        return Price(Cost.REIMAGE)
    return Price(Cost.IN_PLACE if is_known(move.old) else Cost.UNKNOWN)


def _pod_cidr(move: Shift) -> Price:
    if not is_known(move.old):
        return Price(Cost.UNKNOWN)
    try:
        grows = ip_network(str(move.new)).supernet_of(ip_network(str(move.old)))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        grows = False
    return Price(Cost.IN_PLACE, True) if grows else Price(Cost.NEW_CLUSTER)


def _ip_families(move: Shift) -> Price:
    wanted, had = move.new, move.old
    grows = isinstance(wanted, tuple) and isinstance(had, tuple) and set(had) < set(wanted)
    return Price(Cost.REIMAGE if grows else Cost.UNKNOWN, note="" if grows else "only a second family is known to work")


def _only_to(wanted: str, cost: Cost, *, one_way: bool) -> Callable[[Shift], Price]:
    return lambda move: Price(cost, one_way) if move.new == wanted else Price(Cost.NEW_CLUSTER)


def _pool_type(move: Shift) -> Price:
    if not is_known(move.old):
        return Price(Cost.UNKNOWN)
    migrates = move.old == "AvailabilitySet" and move.new == "VirtualMachines"
    return Price(Cost.REIMAGE, True) if migrates else Price(Cost.NEW_POOL)


def _pool_os_sku(move: Shift) -> Price:
    if not isinstance(move.old, str):
        return Price(Cost.UNKNOWN)
    same = move.old.startswith("Windows") == str(move.new).startswith("Windows")
    return Price(Cost.REIMAGE if same else Cost.NEW_POOL)


def _pool_subnet(move: Shift) -> Price:
    if move.old is None:
        return Price(Cost.NEW_CLUSTER, note="from AKS's network to your own needs a new cluster")
    return Price(Cost.NEW_POOL if is_known(move.old) else Cost.UNKNOWN)


_RULES: Mapping[str, Callable[[Shift], Price | None]] = {
    "api_server.private": _private,
    "api_server.private_dns_zone": _private_dns_zone,
    "identity.service_principal": _service_principal,
    "identity.type": _identity,
    "network.dataplane": _dataplane,
    "network.ip_families": _ip_families,
    "network.load_balancer_sku": _only_to("standard", Cost.RESTART, one_way=True),
    "network.outbound_type": _outbound,
    "network.plugin": _plugin,
    "network.plugin_mode": _plugin_mode,
    "network.pod_cidr": _pod_cidr,
    "network.policy": _policy,
    "pool.kubernetes_version": _version,
    "pool.os_sku": _pool_os_sku,
    "pool.subnet": _pool_subnet,
    "pool.type": _pool_type,
    "protection.kms_infrastructure_encryption": _only_to("Enabled", Cost.IN_PLACE, one_way=True),
    "upkeep.kubernetes_version": _version,
    "upkeep.node_os_channel": _node_os_channel,
    "upkeep.sku": _only_to("Base", Cost.IN_PLACE, one_way=False),
}
