"""Functions on networks in CIDR notation."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from seawall.sources.clusters.template_functions.function import Function


def _parse(network: Any) -> dict[str, Any]:
    net = _network(network)
    first, last = (net[1], net[-2]) if net.version == 4 and net.num_addresses > 2 else (net[0], net[-1])
    return {
        "network": str(net.network_address),
        "netmask": str(net.netmask),
        "broadcast": str(net.broadcast_address),
        "firstUsable": str(first),
        "lastUsable": str(last),
        "cidr": net.prefixlen,
    }


def _subnet(network: Any, prefix: Any, index: Any) -> str:
    net = _network(network)
    if not net.prefixlen <= prefix <= net.max_prefixlen or not 0 <= index < 2 ** (prefix - net.prefixlen):
        raise ValueError(index)
    start = int(net.network_address) + (index << (net.max_prefixlen - prefix))
    return str(type(net)((start, prefix)))


def _host(network: Any, index: Any) -> str:
    net = _network(network)
    if not 0 <= index < net.num_addresses - 1:
        raise ValueError(index)
    return str(net[index + 1])


def _network(value: Any) -> IPv4Network | IPv6Network:
    if not isinstance(value, str):
        raise TypeError(type(value))
    return ip_network(value, strict=False)


FUNCTIONS: Mapping[str, Function] = {
    "parseCidr": Function(_parse),
    "cidrSubnet": Function(_subnet),
    "cidrHost": Function(_host),
}
