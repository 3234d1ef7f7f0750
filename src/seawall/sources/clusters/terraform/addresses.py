"""Functions of Terraform that calculate with address ranges."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from seawall.sources.clusters.terraform.values import Failure, Value, number, text

Network: TypeAlias = IPv4Network | IPv6Network


def host(prefix: Value, at: Value) -> str:
    """`cidrhost`: the address of one host; a negative number counts from the end."""
    network, count = _network(prefix), int(number(at))
    if not -network.num_addresses <= count < network.num_addresses:
        raise Failure("the range has no such host")
    return str(network[count])


def netmask(prefix: Value) -> str:
    """`cidrnetmask`."""
    return str(_network(prefix).netmask)


def subnet(prefix: Value, bits: Value, at: Value) -> str:
    """`cidrsubnet`: the subnet number `at` with so many bits more."""
    network, more, count = _network(prefix), int(number(bits)), int(number(at))
    length = network.prefixlen + more
    if not (network.prefixlen <= length <= network.max_prefixlen and 0 <= count < 1 << more):
        raise Failure("the range has no such subnet")
    return str(_at(network, int(network.network_address) + (count << (network.max_prefixlen - length)), length))


def subnets(prefix: Value, *bits: Value) -> list[str]:
    """`cidrsubnets`: one subnet after the other, each with its own number of bits more."""
    network = _network(prefix)
    start, found = int(network.network_address), []
    for each in bits:
        length = network.prefixlen + int(number(each))
        if not network.prefixlen <= length <= network.max_prefixlen:
            raise Failure("the range has no such subnet")
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start + size > int(network.network_address) + network.num_addresses:
            raise Failure("the range is too small for these subnets")
        found.append(str(_at(network, start, length)))
        start += size
    return found


def _network(prefix: Value) -> Network:
    return ip_network(text(prefix), strict=False)


def _at(network: Network, start: int, length: int) -> Network:
    return type(network)((start, length))
