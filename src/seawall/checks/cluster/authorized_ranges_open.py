"""AKS-API-002."""

from __future__ import annotations

import ipaddress

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_FIELD = "api_server.authorized_ranges"
_WIDE = {4: 8, 6: 16}
"""A shorter prefix than this is more than one company owns."""


def _public(*ranges: str) -> Cluster:
    return gold({"api_server.private": False, _FIELD: ranges})


@check(
    "AKS-API-002",
    severity=Severity.HIGH,
    sets={_FIELD: ("0.0.0.0/32",)},
    refs=["https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"],
    passes=[_public("203.0.113.7", "198.51.100.0/24"), _public("0.0.0.0/32"), gold({_FIELD: ("0.0.0.0/0",)})],
    fails=[
        _public("0.0.0.0/0"),
        _public("203.0.113.0/24", "::/0"),
        _public("0.0.0.0/1", "128.0.0.0/1"),
        _public("64.0.0.0/4", "203.0.113.0/24"),
    ],
    unknowns=[_public("AzureCloud")],
)
def authorized_ranges_open(cluster: Cluster) -> Verdicts:
    """The authorised address ranges admit the whole internet, or a large part of it.

    ## Why it matters
    `0.0.0.0/0` switches the allow list off while it still looks like one, also to tools that only count its entries.
    Two halves, `0.0.0.0/1` and `128.0.0.0/1`, do the same. (`0.0.0.0/32` is something else: the nodes only.)

    ## Fix
    Name the addresses that need to connect: yours, your pipelines' and the cluster's own egress. In place and
    reversible. The list given replaces the old one.

        az aks update -g GROUP -n NAME --api-server-authorized-ip-ranges 0.0.0.0/32,YOUR_EGRESS_ADDRESS/32
    """
    if known(cluster.api_server.private):
        return
    kept: list[str] = []
    wide: list[str] = []
    strange: list[str] = []
    networks: dict[int, list[ipaddress.IPv4Network | ipaddress.IPv6Network]] = {4: [], 6: []}
    for entry in known(cluster.api_server.authorized_ranges):
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            strange.append(entry)
            continue
        networks[network.version].append(network)
        (wide if network.prefixlen < _WIDE[network.version] else kept).append(entry)
    if wide:
        everything = any(
            network.prefixlen == 0
            for same_version in networks.values()
            for network in ipaddress.collapse_addresses(same_version)  # type: ignore[type-var]
        )
        yield Fail(
            f"{', '.join(wide)} admits {'every address' if everything else 'a large part of the internet'}",
            field=_FIELD,
            sets={_FIELD: tuple(kept) or ("0.0.0.0/32",)},
            severity=Severity.HIGH if everything else Severity.MEDIUM,
        )
    if strange:
        yield Undecided(f"cannot be decided: {', '.join(strange)} is not an address range", field=_FIELD)
