"""A new cluster in place of the old one, and the move from one to the other."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seawall.checks import Check
from seawall.checks.kubernetes_versions import upgrade_target
from seawall.checks.network_engines import engine_for, has_windows
from seawall.errors import UsageError
from seawall.model import UNKNOWN, Cluster, Pool, Severity, is_known, known
from seawall.model.paths import all_paths, get, put
from seawall.remedies.wanted import Failure, Options, Wanted, apply, failures

ROUNDS = 4

_FRESH: Mapping[str, tuple[object, str]] = {
    "access.rbac": (True, "it is fixed when a cluster is made"),
    "access.entra": (True, "the old cluster's users come along without its certificates"),
    "access.entra_legacy_client": (None, "the integration that needed it is retired"),
    "access.entra_legacy_server": (None, "the integration that needed it is retired"),
    "access.azure_rbac": (True, "a new cluster has no bindings to keep"),
    "access.local_accounts_disabled": (True, "set at creation it needs no rotation of certificates"),
    "identity.type": ("UserAssigned", "it outlives the cluster, and roles can be given before there is one"),
    "identity.service_principal": (None, "a managed identity has no secret"),
    "identity.oidc_issuer": (True, "a new cluster has no old tokens"),
    "identity.workload_identity": (True, "pods get identities of their own"),
    "network.load_balancer_sku": ("standard", "Basic is out of support"),
    "api_server.dns_prefix": (UNKNOWN, "the new cluster has a name of its own"),
    "api_server.fqdn_subdomain": (UNKNOWN, "the new cluster has a name of its own"),
    "upkeep.node_resource_group": (UNKNOWN, "the new cluster has a group of its own"),
}
"""What a new cluster is given whatever the old one has, with the reason."""


def replacement(
    cluster: Cluster, found: Wanted, checks: Sequence[Check], options: Options, today: datetime.date
) -> tuple[Cluster, dict[str, str]]:
    """The new cluster, and the settings that are not those of the old one with the reason for each.

    What the input does not tell of the old one is set as the checks ask for it. It passes all chosen checks.
    """
    by_id = {check.id: check for check in checks}
    why = {path: by_id[rules[0]].title for path, rules in found.asked.items() if rules}
    why |= {path: reason for path, (_, reason) in _FRESH.items()}
    new = put(found.target, {path: value for path, (value, _) in _FRESH.items()})
    new = msgspec.structs.replace(new, name=f"{cluster.name}-2", id="", file="", lines={})
    new = _network(_version(_pools(cluster, new), today))
    for _ in range(ROUNDS):
        before = new
        for one in lacking(new, found, checks, options, today):
            asked = one.sets or by_id[one.finding.rule].sets
            sets = {path: value for path, value in asked.items() if path not in options.sets}
            new = apply(new, sets, one.pool)
            why = dict.fromkeys(sets, one.finding.title) | why
        new = _network(_version(new, today))
        if new == before:
            break
    return new, _differs(cluster, new, why)


def lacking(
    new: Cluster, found: Wanted, checks: Sequence[Check], options: Options, today: datetime.date
) -> Iterator[Failure]:
    """What the new cluster fails, or leaves undecided, that it should pass: a new one is secure from the start."""
    least = Severity.MEDIUM if options.severity is None else options.severity
    for one in failures(new, [check for check in checks if check.kind != "fleet"], today):
        if one.finding.severity >= least or one.finding.rule in found.mends:
            yield one


def _version(new: Cluster, today: datetime.date) -> Cluster:
    version = new.upkeep.kubernetes_version
    if not (is_known(version) and version) or "." not in version:
        version = upgrade_target(today)
    new = put(new, {"upkeep.kubernetes_version": version})
    return put(new, {"pool.kubernetes_version": version}) if is_known(new.pools) else new


def _pools(old: Cluster, new: Cluster) -> Cluster:
    """Availability sets become scale sets and pools keep their names; where no pool is known there is one to start."""
    sets = {pool.name for pool in old.pools if pool.type == "AvailabilitySet"} if is_known(old.pools) else set()
    pools = [
        msgspec.structs.replace(pool, type="VirtualMachineScaleSets")
        if pool.name in sets or not is_known(pool.type)
        else pool
        for pool in (new.pools if is_known(new.pools) and new.pools else (Pool(name="system", os_type="Linux"),))
    ]
    if not any(pool.mode == "System" for pool in pools):
        pools[0] = msgspec.structs.replace(pools[0], mode="System")
    return put(new, {"pools": tuple(pools)})


def _network(new: Cluster) -> Cluster:
    """kubenet and what is not known become overlay; the engine is the one that AKS recommends for the pools.

    The DNS service's address lies in the range of the services.
    """
    network = new.network
    services, dns = network.service_cidr, network.dns_service_ip
    if is_known(services) and services and is_known(dns) and dns:
        try:
            space = ipaddress.ip_network(services.split(",")[0], strict=False)
            inside = ipaddress.ip_address(dns) in space
        except ValueError as error:
            raise UsageError(f"network.service_cidr and network.dns_service_ip: {error}") from None
        if not inside:
            new = put(new, {"network.dns_service_ip": str(space[min(10, space.num_addresses - 1)])})
    if network.plugin is None:
        return new
    if network.plugin != "azure":
        new = put(new, {"network.plugin": "azure", "network.plugin_mode": "overlay"})
    if not is_known(has_windows(new)):
        pools = [
            pool if is_known(pool.os_type) else msgspec.structs.replace(pool, os_type="Linux")
            for pool in known(new.pools)
        ]
        new = put(new, {"pools": tuple(pools)})
    engine = engine_for(new)
    fits = network.policy == "calico" and network.dataplane in ("azure", None, UNKNOWN) and has_windows(new) is True
    return new if fits else put(new, dict(engine))


def _differs(cluster: Cluster, new: Cluster, why: Mapping[str, str]) -> dict[str, str]:
    differs: dict[str, str] = {}
    for path in all_paths():
        if path.startswith("pool."):
            pairs = [
                (get(cluster, path, old), get(new, path, pool))
                for pool in known(new.pools)
                for old in (cluster.pools if is_known(cluster.pools) else (Pool(name=pool.name),))
                if old.name == pool.name
            ]
        else:
            pairs = [(get(cluster, path), get(new, path))]
        if any(old != now for old, now in pairs):
            differs[path] = why.get(path) or "what AKS supports and recommends today"
    return differs
