"""An Azure of the tests: it runs the commands of a plan on the model of a cluster, and refuses what Azure refuses.

The rules are written from the AKS documentation (use-network-policies, update-azure-cni, node-disruption-policy,
private-clusters, api-server-vnet-integration, network-isolated, egress-outboundtype), not from the planner: only the
names of the flags come from the table of settings, which has tests of its own.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

import msgspec

from seawall.model import Cluster, Plan, Pool, Step
from seawall.model.paths import get, put
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.fields import FIELDS

ENGINES = ("azure", "calico")
MANAGED: Mapping[str | None, set[str | None]] = {
    "loadBalancer": {"managedNATGatewayV2", "managedNATGateway", None, "block"},
    "managedNATGateway": {"managedNATGatewayV2", None, "block"},
    "managedNATGatewayV2": {None, "block"},
    None: {"loadBalancer", "managedNATGatewayV2", "managedNATGateway", "block"},
    "block": {"loadBalancer", "managedNATGatewayV2", "managedNATGateway", None},
}
OWN = ("loadBalancer", "userAssignedNATGateway", "userDefinedRouting", None)
REIMAGED = (
    *("network.plugin", "network.plugin_mode", "network.policy", "network.dataplane", "network.ip_families"),
    *("network.http_proxy", "protection.custom_ca_certificates", "protection.fips", "identity.kubelet"),
    *("api_server.private_dns_zone", "api_server.vnet_integration"),
)
POOL_REIMAGED = ("fips", "secure_boot", "vtpm", "os_sku")
BY_HAND = ("identity.imds_restriction", "network.artifact_source", "network.outbound_type", "upkeep.ssh_keys")
POOL_BY_HAND = ("ssh_access", "kubelet_serving_rotation_disabled")


class Refused(AssertionError):
    """Azure would not do it."""


def must(holds: object, why: str) -> None:
    if not holds:
        raise Refused(why)


def minor(version: object) -> tuple[int, int]:
    major, number = str(version).split(".")[:2]
    return int(major), int(number)


class Azure:
    """One cluster. `rebuilt` counts rebuilds of nodes by pool; `stale` is what waits for one, by pool."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.rebuilt: dict[str, int] = {pool.name: 0 for pool in cluster.pools}  # type: ignore[union-attr]
        self.stale: dict[str, set[str]] = {name: set() for name in self.rebuilt}
        self.restart: list[str] = []

    # --- a plan

    def follow(self, plan: Plan) -> Azure:
        for step in plan.steps:
            self.do(step)
        must(not self.restart, f"still to do: {self.restart}")
        must(not any(self.stale.values()), f"nodes never took over {self.stale}")
        return self

    def do(self, step: Step) -> None:
        before = dict(self.rebuilt)
        state = self.cluster
        for command in step.commands:
            self.run(command)
        times = max((count - before.get(name, count) for name, count in self.rebuilt.items()), default=0)
        must(times == step.reimages, f"{step.id}: nodes were rebuilt {times} times, the step says {step.reimages}")
        for path, value in step.sets.items():
            if not path.startswith("pools["):
                must(get(self.cluster, path) == value, f"{step.id}: {path} is {get(self.cluster, path)}, not {value}")
        must(step.rollback or not step.sets or state != self.cluster, f"{step.id} changes nothing")

    # --- a command

    def run(self, command: str) -> None:
        words = shlex.split(command)
        if self.restart:
            must(words[:3] == ["az", "aks", self.restart.pop(0)], f"VNet integration needs a restart before {command}")
            if words[2] == "start":
                self.rebuild()
            return
        match words[:3]:
            case ["az", "aks", "update"]:
                self.update(words[3:])
            case ["az", "aks", "upgrade"]:
                self.upgrade(flags(words[3:]))
            case ["az", "aks", "nodepool"]:
                self.nodepool(words[3], words[4:])
            case ["az", "aks", "rotate-certs"]:
                must(self.cluster.access.local_accounts_disabled is True, "rotate after local accounts are off")
                self.rebuild()
            case ["az", "identity", "create"] | ["kubectl", *_]:
                pass
            case _:
                self.whole(words)

    def update(self, words: list[str]) -> None:
        given = flags(words)
        if "--migrate-vmas-to-vms" in given:
            self.migrate_availability_sets()
            return
        sets: dict[str, Any] = {}
        for flag, values in given.items():
            if flag not in ("-g", "-n", "--apiserver-subnet-id", "--assign-identity", "--azure-keyvault-kms-key-id"):
                sets |= meaning(flag, values, "cluster")
        if "--assign-identity" in given:
            sets["identity.type"] = "UserAssigned"
        elif "--enable-managed-identity" in given:
            sets["identity.type"] = "SystemAssigned"
        if "identity.type" in sets:
            sets["identity.service_principal"] = None
        if "--enable-aad" in given:
            sets |= {"access.entra": True, "access.entra_legacy_client": None, "access.entra_legacy_server": None}
        if "--enable-acns" in given:
            sets = {"network.acns": True, "network.acns_security": True} | sets
        self.apply(sets, given)

    def apply(self, sets: Mapping[str, Any], given: Mapping[str, list[str]]) -> None:
        old = self.cluster
        new = put(old, dict(sets))
        self.identity_rules(old, new)
        self.network_rules(old, new)
        self.access_rules(old, new, given)
        changed = {path for path in sets if get(old, path) != get(new, path)}
        self.cluster = new
        channels = {old.upkeep.node_os_channel, new.upkeep.node_os_channel}
        to_system = changed & {"identity.type"} and old.identity.type is None and new.identity.type == "SystemAssigned"
        to_user = changed & {"identity.type"} and old.identity.type is None and new.identity.type == "UserAssigned"
        if (
            changed & set(REIMAGED) - {"api_server.vnet_integration"}
            or to_system
            or ("upkeep.node_os_channel" in changed and "Unmanaged" in channels)
        ):
            self.rebuild(keeps=True)
        for path in (*(changed & set(BY_HAND)), *(["identity.type"] if to_user else [])):
            for waiting in self.stale.values():
                waiting.add(path)

    def identity_rules(self, old: Cluster, new: Cluster) -> None:
        must(not (new.access.entra and not old.access.entra) or new.access.rbac, "Entra needs Kubernetes RBAC")
        must(not new.access.azure_rbac or new.access.entra, "Azure RBAC needs Entra")
        must(not new.access.local_accounts_disabled or new.access.entra, "nobody could sign in")
        for user in (new.identity.workload_identity, new.identity.imds_restriction, new.protection.image_integrity):
            must(user is not True or new.identity.oidc_issuer is True, "needs the OIDC issuer")
        rotation = new.addons.secret_rotation is True and old.addons.secret_rotation is not True
        must(not rotation or old.addons.key_vault_secrets is True, "rotation without the add-on")

    def network_rules(self, old: Cluster, new: Cluster) -> None:
        was, now, version = old.network, new.network, minor(new.upkeep.kubernetes_version)
        windows = any(pool.os_type == "Windows" for pool in new.pools)  # type: ignore[union-attr]
        if was.plugin != now.plugin:
            must((was.plugin, now.plugin, now.plugin_mode) == ("kubenet", "azure", "overlay"), "no such way")
            must(old.identity.type == "UserAssigned", "overlay from kubenet needs a user-assigned identity")
        if was.plugin_mode != now.plugin_mode:
            must(now.plugin_mode == "overlay" and now.plugin == "azure", "only to overlay")
            must(was.policy not in ENGINES and now.policy not in ENGINES, "remove the network policy first")
            must(was.dataplane == now.dataplane, "not together with a change of the dataplane")
            must(version >= (1, 27), "overlay needs 1.27")
            must(all(pool.pod_subnet is None for pool in new.pools), "no pod subnets")  # type: ignore[union-attr]
        if was.policy != now.policy:
            must(was.policy != "cilium", "Cilium cannot be removed")
            must(not (was.policy in ENGINES and now.policy in ENGINES), "azure and calico meet through none")
            must(not {was.policy, now.policy} & set(ENGINES) or version >= (1, 30), "engines change from 1.30 on")
            must(now.plugin != "kubenet" or now.policy in ("calico", None), "kubenet runs calico only")
        if (was.policy, was.dataplane) != (now.policy, now.dataplane):
            must((now.policy == "cilium") == (now.dataplane == "cilium"), "CiliumDataplaneRequiresNetworkPolicyCilium")
            must(was.dataplane != "cilium" or now.dataplane == "cilium", "the dataplane stays")
            must(now.policy != "cilium" or (was.plugin == "azure" and not windows), "Cilium: Azure CNI, no Windows")
        extras = [now.transit_encryption not in (None, "None"), now.advanced_policies not in (None, "None")]
        added = was.acns_security is not True and now.acns_security is True
        must(not (added or any(extras)) or now.dataplane == "cilium" or now == was, "ACNS security needs Cilium")
        if was.load_balancer_sku != now.load_balancer_sku:
            must(now.load_balancer_sku == "standard" and version >= (1, 27), "only to standard, from 1.27 on")
        if was.artifact_source != now.artifact_source == "Cache":
            must(was.plugin != "kubenet" and not windows, "no Cache on kubenet or beside Windows")
            must(new.upkeep.node_os_channel != "Unmanaged", "no Cache with Unmanaged")
        if was.outbound_type != now.outbound_type:
            self.outbound_rules(old, new)

    def outbound_rules(self, old: Cluster, new: Cluster) -> None:
        was, now = old.network.outbound_type, new.network.outbound_type
        own = any(pool.subnet for pool in old.pools)  # type: ignore[union-attr]
        must(now in (OWN if own else MANAGED.get(was, set())), f"{was} does not become {now}")
        if now in (None, "block"):
            must(old.network.artifact_source == "Cache", "no egress without Cache")
            must(not any("network.artifact_source" in names for names in self.stale.values()), "reimage before that")
            must(old.network.plugin != "kubenet", "kubenet cannot be isolated")

    def access_rules(self, old: Cluster, new: Cluster, given: Mapping[str, list[str]]) -> None:
        was, now, standard = old.api_server, new.api_server, new.network.load_balancer_sku == "standard"
        if was.vnet_integration != now.vnet_integration:
            must(now.vnet_integration, "VNet integration is a one-way door")
            must("--apiserver-subnet-id" in given, "it needs a subnet")
            must(not was.private or "--enable-private-cluster" in given, "a private cluster says so again")
            must(was.private == now.private, "private mode comes after it")
            self.restart = ["stop", "start"]
        if was.private != now.private:
            must(was.vnet_integration is True, "Enabling private cluster requires enabling apiserver vnet integration")
            must(not was.authorized_ranges, "authorised ranges and a private cluster exclude each other")
            must(standard, "a private cluster needs a Standard load balancer")
        if was.authorized_ranges != now.authorized_ranges and now.authorized_ranges:
            must(not now.private and standard, "ranges: public, Standard")
        must(now.public_fqdn is not False or now.private_dns_zone is not None or was == now, "no name would be left")
        must(now.public_fqdn is was.public_fqdn or now.private, "a public cluster has no private name")

    def upgrade(self, given: Mapping[str, list[str]]) -> None:
        if "--node-image-only" in given:
            self.rebuild()
            return
        version = given["--kubernetes-version"][0]
        old = minor(self.cluster.upkeep.kubernetes_version)
        must(minor(version) in ((old[0], old[1] + 1), old), f"{old} does not become {version}")
        for pool in self.cluster.pools:  # type: ignore[union-attr]
            must(not isinstance(pool.kubernetes_version, str) or minor(pool.kubernetes_version) >= old, "a pool lags")
        if "--control-plane-only" in given:
            must(self.cluster.upkeep.upgrade_channel is None, "an automatic channel takes the pools along")
            self.cluster = put(self.cluster, {"upkeep.kubernetes_version": version})
            return
        self.cluster = put(self.cluster, {"upkeep.kubernetes_version": version, "pool.kubernetes_version": version})
        self.rebuild()

    def nodepool(self, what: str, words: list[str]) -> None:
        given = flags(words)
        name = given["-n"][0]
        if what == "add":
            new = Pool(name=name, kubernetes_version=self.cluster.upkeep.kubernetes_version)
            must(len(name) <= 12 and name not in self.rebuilt, f"not a name for a pool: {name}")
            self.cluster = put(self.cluster, {"pools": (*self.cluster.pools, self.pooled(new, given, "create"))})  # type: ignore[misc]
            self.rebuilt[name], self.stale[name] = 0, set()
            return
        pool = next(pool for pool in self.cluster.pools if pool.name == name)  # type: ignore[union-attr]
        rest = tuple(each for each in self.cluster.pools if each.name != name)  # type: ignore[union-attr]
        if what == "delete":
            must(rest and any(each.mode == "System" for each in rest), "a system pool has to stay")
            self.cluster = put(self.cluster, {"pools": rest})
            del self.stale[name], self.rebuilt[name]
        elif what == "upgrade" and "--node-image-only" in given:
            self.rebuild(name)
        elif what == "upgrade":
            self.upgrade_pool(pool, given["--kubernetes-version"][0])
        elif what == "scale":
            self.replace(msgspec.structs.replace(pool, count=int(given["--node-count"][0])))
        else:
            must(what == "update", f"no such command: {what}")
            new = self.pooled(pool, given, "update")
            changed = [name for name in Pool.__struct_fields__ if getattr(pool, name) != getattr(new, name)]
            self.replace(new)
            self.stale[pool.name] |= set(changed) & set(POOL_BY_HAND)
            if set(changed) & set(POOL_REIMAGED):
                self.rebuild(pool.name, keeps=True)

    def upgrade_pool(self, pool: Pool, version: str) -> None:
        old = minor(pool.kubernetes_version)
        must(minor(version) in ((old[0], old[1] + 1), old), f"{old} does not become {version}")
        must(minor(version) <= minor(self.cluster.upkeep.kubernetes_version), "newer than the control plane")
        self.replace(msgspec.structs.replace(pool, kubernetes_version=version))
        self.rebuild(pool.name)

    def pooled(self, pool: Pool, given: Mapping[str, list[str]], verb: str) -> Pool:
        sets: dict[str, Any] = {}
        for flag, values in given.items():
            if flag not in ("-g", "-n", "--cluster-name", "--node-vm-size", "--min-count", "--max-count"):
                sets |= meaning(flag, values, "pool", verb)
        defaults: dict[str, Any] = {}
        if verb == "create":
            off = {"node_public_ip": False, "host_encryption": False, "fips": False, "taints": (), "zones": ()}
            defaults = {**off, "mode": "User", "os_type": "Linux", "allowed_host_ports": (), "pod_subnet": None}
            defaults |= {
                "type": "VirtualMachineScaleSets",
                "subnet": None,
                "os_sku": "AzureLinux3",
                "secure_boot": False,
            }
            defaults |= {"vtpm": False, "kubelet_serving_rotation_disabled": False, "ssh_access": "LocalUser"}
            defaults |= {"workload_runtime": "OCIContainer", "os_disk_type": "Managed", "count": 3}
        changes = {path.removeprefix("pool."): value for path, value in sets.items()}
        return msgspec.structs.replace(pool, **(defaults | changes))

    def migrate_availability_sets(self) -> None:
        pools = self.cluster.pools
        must(any(pool.type == "AvailabilitySet" for pool in pools), "no availability set")  # type: ignore[union-attr]
        moved = tuple(
            msgspec.structs.replace(pool, type="VirtualMachines") if pool.type == "AvailabilitySet" else pool
            for pool in pools  # type: ignore[union-attr]
        )
        self.cluster = put(self.cluster, {"pools": moved, "network.load_balancer_sku": "standard"})
        self.rebuild()

    def safeguards(self, verb: str, words: list[str]) -> None:
        """They are a resource of their own: created once, then updated."""
        level = self.cluster.protection.safeguards_level
        must(self.cluster.addons.azure_policy is True, "safeguards need the Azure Policy add-on")
        must(verb != "create" or level not in ("Warn", "Enforce"), "safeguards are there already")
        must(verb != "update" or level is not None, "there are no safeguards to update")
        told = dict(zip(words[::2], words[1::2], strict=True))
        names = {"--level": "protection.safeguards_level", "--pss-level": "protection.pod_security_level"}
        self.apply({path: told[flag] for flag, path in names.items() if flag in told}, {})

    def whole(self, words: list[str]) -> None:
        if words[:3] == ["az", "aks", "safeguards"] and words[3] != "delete":
            self.safeguards(words[3], words[4:])
            return
        for field in FIELDS:
            for index, template in enumerate(field.az_update):
                if template.startswith("az ") and (values := matched(template, words)) is not None:
                    value = valued(field, values) if "{}" in template else (True if index == 0 else off(field))
                    if field.path.startswith("protection.safeguards") or field.path.endswith("pod_security_level"):
                        must(self.cluster.addons.azure_policy is True, "safeguards need the Azure Policy add-on")
                    if field.path == "upkeep.maintenance_windows":
                        value = tuple(dict.fromkeys((*self.cluster.upkeep.maintenance_windows, *value)))  # type: ignore[misc]
                    self.apply({field.path: value}, {})
                    return
        raise Refused(f"no such command: {shlex.join(words)}")

    def replace(self, pool: Pool) -> None:
        pools = tuple(pool if each.name == pool.name else each for each in self.cluster.pools)  # type: ignore[union-attr]
        self.cluster = put(self.cluster, {"pools": pools})

    def rebuild(self, name: str = "", *, keeps: bool = False) -> None:
        """The nodes of a pool, or of all, are rebuilt; `keeps` what waits for a new node image."""
        for pool in [name] if name else list(self.rebuilt):
            self.rebuilt[pool] += 1
            if not keeps:
                self.stale[pool].clear()


def flags(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current = ""
    for word in words:
        if re.match(r"--?[a-z]", word):
            current = word
            must(current not in found, f"{current} is given twice")
            found[current] = []
        else:
            found[current].append(word)
    return found


def meaning(flag: str, values: list[str], group: str, verb: str = "update") -> dict[str, Any]:
    """What a flag sets."""
    for field in FIELDS:
        if (field.group == "pool") != (group == "pool"):
            continue
        for index, template in enumerate(field.az_create if verb == "create" else field.az_update):
            words = template.split()
            if flag not in words or template.startswith("az "):
                continue
            after = [word for word in words[words.index(flag) + 1 :][:1] if not word.startswith("--")]
            if after and "{" in after[0]:
                return {field.path: valued(field, values)}
            if after == values or (not after and not values) or (after == ["''"] and values == [""]):
                return {field.path: True if index == 0 and field.kind is not Kind.TEXT else off(field)}
            if after and after[0].isupper():
                return {field.path: True if field.kind in (Kind.BOOL, Kind.FLAG) else tuple(values)}
    if flag in ("--aad-admin-group-object-ids",):
        return {"access.admin_groups": tuple(values)}
    raise Refused(f"no such flag: {flag} {values}")


def off(field: Field) -> Any:
    lists = (Kind.TEXTS, Kind.PORTS, Kind.KEYS, Kind.LOGS, Kind.WINDOWS)
    return () if field.kind in lists else None if field.kind in (Kind.TEXT, Kind.ENUM) else False


def valued(field: Field, values: list[str]) -> Any:
    match field.kind:
        case Kind.LOGS:
            return tuple(each["category"] for each in msgspec.json.decode(values[0]))
        case Kind.TEXTS | Kind.PORTS | Kind.WINDOWS | Kind.KEYS:
            return tuple(part for value in values for part in value.split(",") if part)
        case Kind.NUMBER:
            return int(values[0])
        case _:
            known = {word.lower(): word for word in field.words}
            word = known.get(values[0].lower(), values[0])
            return None if word.lower() == "none" and field.none == "none" else word


def matched(template: str, words: list[str]) -> list[str] | None:
    """The value in a whole command, [] for one without; None where the template is another's."""
    expected = shlex.split(template)
    if len(expected) != len(words):
        return None
    found: list[str] = []
    for have, word in zip(expected, words, strict=True):
        if have == "{}":
            found.append(word)
        elif not have.startswith("{") and have != word:
            return None
    return found
