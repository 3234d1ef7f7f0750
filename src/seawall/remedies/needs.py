"""What a change needs before it: the rules of AKS for settings that hang together.

Read in the AKS documentation of August 2026: use-network-policies, update-azure-cni, private-clusters,
api-server-vnet-integration, api-server-authorized-ip-ranges, network-isolated, entra-id-authorization, local-accounts,
use-oidc-issuer, upgrade-basic-load-balancer-on-aks, availability-sets-on-aks; CHANGELOG 2026-05-29 for 1.30.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from seawall.checks.kubernetes_versions import Minor, minor
from seawall.checks.network_engines import engine_for, has_windows
from seawall.errors import UnknownValue, UsageError
from seawall.model import Cluster, Pool, Unknown, is_known
from seawall.model.paths import get, put

NO_VNET_INTEGRATION = frozenset({"qatarcentral"})
"""Regions without API server VNet integration."""

ENGINES = ("azure", "calico")
ISOLATED = (None, "block")


class Completed(msgspec.Struct, frozen=True):
    """`needed` are the settings that came in, with the reason; `missing` sentences on values that nobody knows."""

    target: Cluster
    needed: Mapping[str, str]
    missing: tuple[str, ...]


class Aim(msgspec.Struct, frozen=True):
    """The cluster before and after; `fixed` are the settings that the user has named."""

    before: Cluster
    after: Cluster
    fixed: frozenset[str]

    def turns(self, path: str) -> bool:
        """Whether the setting is to change."""
        return bool(get(self.before, path) != get(self.after, path))

    def on(self, *paths: str) -> bool:
        """Whether one of these is to be switched on."""
        return any(self.turns(path) and get(self.after, path) not in (None, False, ()) for path in paths)

    def need(self, path: str) -> Any:
        """The value that is to be. Raises UnknownValue that names the setting."""
        return _told(path, get(self.after, path))

    def had(self, path: str) -> Any:
        """The value that is there now. Raises UnknownValue that names the setting."""
        return _told(path, get(self.before, path))


Needs = Iterator[tuple[str, object, str]]


def _told(path: str, value: object) -> Any:
    if isinstance(value, Unknown):
        raise UnknownValue(f"{path} ({value.reason})")
    return value


def complete(before: Cluster, after: Cluster, fixed: frozenset[str]) -> Completed:
    """`after` with everything that its changes need. Raises UsageError where they cannot go together."""
    needed: dict[str, str] = {}
    while True:
        found: dict[str, object] = {}
        missing: dict[str, None] = {}
        for rule in _RULES:
            try:
                for path, value, why in rule(Aim(before, put(after, found), fixed)):
                    found[path] = value
                    needed[path] = why
            except UnknownValue as error:
                missing[error.message] = None
        if put(after, found) == after:
            return Completed(after, needed, tuple(missing))
        after = put(after, found)


def _entra(aim: Aim) -> Needs:
    if aim.on("access.azure_rbac", "access.local_accounts_disabled") and not aim.need("access.entra"):
        yield "access.entra", True, "Azure RBAC, and a cluster without local accounts, need Entra integration"
    if aim.on("access.entra", "access.azure_rbac") and not aim.need("access.rbac"):
        yield "access.rbac", True, "Entra integration needs Kubernetes RBAC"


def _oidc(aim: Aim) -> Needs:
    users = ("identity.workload_identity", "identity.imds_restriction", "protection.image_integrity")
    if aim.on(*users) and not aim.need("identity.oidc_issuer"):
        yield "identity.oidc_issuer", True, "workload identity, IMDS restriction and Image Integrity need the issuer"


def _addons(aim: Aim) -> Needs:
    if aim.on("protection.image_integrity", "protection.safeguards_level") and not aim.need("addons.azure_policy"):
        yield "addons.azure_policy", True, "Image Integrity and deployment safeguards need the Azure Policy add-on"
    if aim.on("addons.secret_rotation") and not aim.need("addons.key_vault_secrets"):
        yield "addons.key_vault_secrets", True, "secret rotation is a part of the Key Vault secrets provider"


def _engine(aim: Aim) -> Needs:
    """kubenet is left for overlay and, where nothing speaks against it, for Cilium: it costs the same reimages."""
    network = aim.after.network
    if aim.turns("network.policy") or aim.turns("network.plugin_mode"):
        aim.had("network.policy")  # whether an engine has to go first
    if aim.on("network.policy", "network.dataplane") and "cilium" in (network.policy, network.dataplane):
        if aim.need("network.plugin") == "kubenet":
            yield "network.plugin", "azure", "kubenet cannot run Cilium"
        yield "network.policy", "cilium", "the Cilium dataplane and engine come together"
        yield "network.dataplane", "cilium", "the Cilium dataplane and engine come together"
        _no_windows(aim, "Cilium")
    if aim.before.network.plugin == "kubenet" and network.plugin == "azure":
        yield "network.plugin_mode", "overlay", "kubenet becomes Azure CNI only as overlay"
        _no_windows(aim, None)
        for path, value in engine_for(aim.after).items():
            if path not in aim.fixed:
                yield path, value, "the engine goes before overlay comes; the one that AKS recommends comes back"
    acns = ("network.acns_security", "network.transit_encryption", "network.advanced_policies")
    if aim.on(*acns):
        yield "network.acns", True, "a part of Advanced Container Networking Services"
        if aim.need("network.dataplane") != "cilium":
            yield "network.dataplane", "cilium", "only Cilium has it"


def _no_windows(aim: Aim, what: str | None) -> None:
    windows = has_windows(aim.after)
    if isinstance(windows, Unknown):
        raise UnknownValue(f"pool.os_type ({windows.reason})")
    if windows and what:
        raise UsageError(f"{what} does not run on Windows nodes", where=aim.before.name, hint="move those pools first")


def _overlay(aim: Aim) -> Needs:
    if not aim.turns("network.plugin_mode") or aim.after.network.plugin_mode != "overlay":
        return
    pools = aim.after.pools if is_known(aim.after.pools) else ()
    if own := [pool.name for pool in pools if isinstance(pool.pod_subnet, str)]:
        raise UsageError(
            f"overlay takes no pod subnet, and these pools have one: {', '.join(own)}",
            where=aim.before.name,
            hint="replace those pools first",
        )
    if aim.before.network.plugin == "kubenet" and aim.need("identity.type") != "UserAssigned":
        yield from _user_assigned(aim, "kubenet becomes overlay only with a user-assigned identity")


def _user_assigned(aim: Aim, why: str) -> Needs:
    yield "identity.type", "UserAssigned", why
    if has_principal(aim.before):
        yield "identity.service_principal", None, why


def has_principal(cluster: Cluster) -> bool:
    """Whether the cluster is known to act as a service principal; `msi` is what Azure writes for an identity."""
    principal = cluster.identity.service_principal
    return isinstance(principal, str) and principal.lower() != "msi"


def _identity(aim: Aim) -> Needs:
    if aim.on("identity.kubelet") and aim.need("identity.type") != "UserAssigned":
        yield from _user_assigned(aim, "a kubelet identity of your own needs a user-assigned identity of the cluster")


def _private(aim: Aim) -> Needs:
    if aim.on("api_server.vnet_integration"):
        aim.had("api_server.private")  # a private cluster says so again in that call
    if aim.on("api_server.private"):
        if not aim.need("api_server.vnet_integration") and aim.before.region.lower() not in NO_VNET_INTEGRATION:
            yield "api_server.vnet_integration", True, "a cluster goes private in place only through VNet integration"
        if aim.need("api_server.authorized_ranges") and "api_server.authorized_ranges" not in aim.fixed:
            yield "api_server.authorized_ranges", (), "a private cluster has no authorised ranges"
    ranges = aim.on("api_server.authorized_ranges")
    both_asked = {"api_server.private", "api_server.authorized_ranges"} <= aim.fixed
    if ranges and aim.need("api_server.private") and (both_asked or not aim.on("api_server.private")):
        raise UsageError("a private cluster has no authorised ranges", where=aim.before.name)
    if (ranges or aim.on("api_server.private")) and aim.need("network.load_balancer_sku") != "standard":
        yield "network.load_balancer_sku", "standard", "a private API server and authorised ranges need Standard"


def _outbound(aim: Aim) -> Needs:
    if not aim.turns("network.outbound_type") or aim.after.network.outbound_type not in ISOLATED:
        return
    yield "network.artifact_source", "Cache", "nodes without egress start from your own registry"
    if aim.need("network.plugin") == "kubenet":
        yield "network.plugin", "azure", "kubenet cannot be isolated"
    _no_windows(aim, "a network without egress")
    if aim.need("upkeep.node_os_channel") == "Unmanaged":
        yield "upkeep.node_os_channel", "NodeImage", "nodes without egress cannot patch themselves"


def _availability_sets(aim: Aim) -> Needs:
    old = aim.before.pools if is_known(aim.before.pools) else ()
    new = {pool.name: pool.type for pool in aim.after.pools} if is_known(aim.after.pools) else {}
    if any(pool.type == "AvailabilitySet" and new.get(pool.name) == "VirtualMachines" for pool in old):
        yield "network.load_balancer_sku", "standard", "virtual machine pools have a Standard load balancer"


def floor(before: Cluster, after: Cluster) -> tuple[Minor, str]:
    """The oldest Kubernetes version that can make the change, with the reason; (0, 0) where any can."""
    aim = Aim(before, after, frozenset())
    old, new = before.network.policy, after.network.policy
    overlay = aim.turns("network.plugin_mode") and after.network.plugin_mode == "overlay"
    through_none = overlay and old in ENGINES
    floors = [
        (aim.turns("network.policy") and (old in ENGINES or new in ENGINES), (1, 30), "network policy engines change"),
        (through_none, (1, 30), "network policy engines change"),
        (overlay, (1, 27), "overlay comes"),
        (aim.on("network.load_balancer_sku"), (1, 27), "the load balancer becomes Standard"),
        (aim.on("network.acns_security"), (1, 29), "ACNS security comes"),
        (aim.on("protection.kms_infrastructure_encryption"), (1, 33), "the newer encryption of etcd comes"),
    ]
    return max(((least, why) for holds, least, why in floors if holds), default=((0, 0), ""))


def _versions(aim: Aim) -> Needs:
    least, why = floor(aim.before, aim.after)
    why = f"{why} only on Kubernetes {least[0]}.{least[1]} or newer"
    pools = aim.after.pools if is_known(aim.after.pools) else ()
    before = {pool.name: pool.kubernetes_version for pool in aim.before.pools} if is_known(aim.before.pools) else {}
    for pool in pools:
        version = pool.kubernetes_version
        if isinstance(version, str) and version != before.get(pool.name) and minor(version) > least:
            least, why = minor(version), "nodes are never newer than the control plane"
    if least > (0, 0) and minor(str(aim.need("upkeep.kubernetes_version"))) < least:
        yield "upkeep.kubernetes_version", f"{least[0]}.{least[1]}", why
    elif pools and aim.turns("upkeep.kubernetes_version"):
        yield "pools", tuple(_no_older(pool, str(aim.after.upkeep.kubernetes_version)) for pool in pools), "they follow"


def _no_older(pool: Pool, version: str) -> Pool:
    """An upgrade of the cluster takes its node pools along."""
    if isinstance(pool.kubernetes_version, str) and minor(pool.kubernetes_version) < minor(version):
        return msgspec.structs.replace(pool, kubernetes_version=version)
    return pool


_RULES: tuple[Callable[[Aim], Needs], ...] = (
    _entra,
    _oidc,
    _addons,
    _private,
    _outbound,
    _engine,
    _overlay,
    _identity,
    _availability_sets,
    _versions,
)
