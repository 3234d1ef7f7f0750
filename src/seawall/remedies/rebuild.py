"""A new cluster in place of the old one, and the move from one to the other."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Mapping, Sequence

import msgspec

from seawall.checks import Check
from seawall.checks.kubernetes_versions import upgrade_target
from seawall.checks.network_engines import engine_for, has_windows
from seawall.model import UNKNOWN, Cluster, Cost, Item, Pool, Step, is_known, known
from seawall.model.paths import all_paths, get, put
from seawall.remedies.wanted import Options, Wanted, apply, failures

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
    singly = [check for check in checks if check.kind != "fleet"]
    why = {path: by_id[rules[0]].title for path, rules in found.asked.items() if rules}
    why |= {path: reason for path, (_, reason) in _FRESH.items()}
    new = put(found.target, {path: value for path, (value, _) in _FRESH.items()})
    new = msgspec.structs.replace(new, name=f"{cluster.name}-2", id="", file="", lines={})
    new = _network(_version(_pools(cluster, new), today))
    for _ in range(ROUNDS):
        before = new
        for one in failures(new, singly, today):
            rule = one.finding.rule
            if one.finding.severity >= options.severity or rule in options.fix:
                sets = one.sets or by_id[rule].sets
                new = apply(new, sets, one.pool)
                why = dict.fromkeys(sets, one.finding.title) | why
        new = _network(_version(new, today))
        if new == before:
            break
    return new, _differs(cluster, new, why)


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
    """kubenet and what is not known become overlay; the engine is the one that AKS recommends for the pools."""
    network = new.network
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


def move(cluster: Cluster, new: Cluster, inventory: Sequence[Item]) -> tuple[Step, ...]:
    """Blue/green: the new cluster is built beside the old one, filled, tried, and then gets the traffic."""
    group, old, name = (shlex.quote(word or "GROUP") for word in (cluster.resource_group, cluster.name, new.name))
    to_old, to_new = f"kubectl --context {old}", f"kubectl --context {name}"

    def of(*groups: str) -> tuple[str, ...]:
        counts = {name: sum(item.group == name for item in inventory) for name in groups}
        return tuple(f"those listed below under {name}: {count}" for name, count in counts.items() if count)

    return (
        Step(
            id="prepare",
            title="Write down what is in the old cluster, and stop changing it",
            commands=(
                f"az aks get-credentials -g {group} -n {old}",
                f"{to_old} get all,cm,pvc,ingress,netpol,sa,role,rolebinding -A -o yaml > old-cluster.yaml",
                f"{to_old} get secret -A  # the names: their values belong in no file",
                "az role assignment list --all --assignee OLD_IDENTITY_OBJECT_ID -o json > old-roles.json",
                f"az aks maintenanceconfiguration list -g {group} --cluster-name {old} -o json > old-windows.json",
            ),
            before=(
                "quota for a second set of nodes in the region",
                "an address range for the new nodes, pods and services that overlaps with nothing",
                "every manifest is in source control, and none uses an API that Kubernetes "
                f"{new.upkeep.kubernetes_version} has removed",
            ),
            after=("lower the DNS records' time to live to a minute, a day ahead",),
            rollback="nothing has changed",
        ),
        Step(
            id="create",
            title=f"Create {new.name} with the settings below",
            before=("whoever creates it is in an Entra group that may administer it: local accounts are off",),
            commands=(f"az identity create -g {group} -n {name}-control-plane --query id -o tsv",),
            verify=(
                f"az aks show -g {group} -n {name} -o json > new.json && seawall audit new.json",
                f"az aks get-credentials -g {group} -n {name} && kubelogin convert-kubeconfig -l azurecli",
                f"{to_new} get nodes",
            ),
            cost=Cost.NEW_CLUSTER,
            rollback=f"az aks delete -g {group} -n {name}",
        ),
        Step(
            id="identities",
            title="Give the new cluster its rights",
            commands=(
                "az role assignment create --role ROLE --assignee NEW_IDENTITY_OBJECT_ID --scope SCOPE",
                f"az aks update -g {group} -n {name} --attach-acr ACR_NAME",
                "az identity federated-credential create --name NAME --identity-name IDENTITY -g GROUP --issuer "
                "NEW_ISSUER_URL --subject system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT",
            ),
            before=("the issuer's address is another one: every federated credential needs a second one beside it",),
            verify=(f"az aks show -g {group} -n {name} --query oidcIssuerProfile.issuerUrl -o tsv",),
            after=of("identities"),
            rollback="remove the assignments and credentials again; those of the old cluster are untouched",
        ),
        Step(
            id="foundations",
            title="Bring namespaces, roles, network policies, custom resources and operators",
            before=("a default-deny policy first: nothing in the new cluster is tried without it",),
            after=of("namespaces", "access", "policies", "custom resources"),
            verify=(f"{to_new} get ns,netpol,rolebinding -A",),
            rollback=f"az aks delete -g {group} -n {name}",
        ),
        Step(
            id="secrets",
            title="Bring secrets and configuration, better from a key vault than by copy",
            before=("secrets that were readable in the old cluster count as known: make new ones",),
            after=of("secrets", "configuration"),
            verify=(f"{to_new} get secret,cm -A",),
            rollback="delete them in the new cluster",
        ),
        Step(
            id="volumes",
            title="Copy the volumes",
            before=(
                "a backup that you have restored once (Azure Backup for AKS, or Velero)",
                "which workloads may write twice: databases replicate, files are copied while nothing writes",
            ),
            after=of("volumes"),
            breaks=("what owns a volume that is copied cold is away until its last copy is done",),
            verify=(f"{to_new} get pvc -A",),
            rollback="the old volumes stay where they are: reclaim policy Retain",
        ),
        Step(
            id="workloads",
            title="Start the workloads in the new cluster, without traffic",
            after=of("workloads", "autoscaling"),
            before=("jobs and schedules are suspended in one of the two: none may run twice",),
            verify=(
                f"{to_new} get pods -A --field-selector status.phase!=Running",
                "smoke tests against the new addresses",
            ),
            rollback="scale them to zero in the new cluster",
        ),
        Step(
            id="cut_over",
            title="Move the traffic: a small part first, then all",
            after=of("addresses", "dns"),
            before=(
                "both clusters answer; errors and latency of both are on one page; who decides to go back is named",
            ),
            breaks=(
                "clients that keep addresses longer than the record allows reach the old cluster: keep it running",
            ),
            verify=("the new cluster carries the whole load through one busy hour",),
            rollback="point DNS, Front Door or the gateway back at the old cluster",
        ),
        Step(
            id="remove",
            title=f"Take {cluster.name} away",
            commands=(f"az aks stop -g {group} -n {old}", f"az aks delete -g {group} -n {old}"),
            before=(
                "nothing has reached it for a week: stop it first, delete it a week later",
                "disks to keep are not in its node resource group, which is deleted with it",
            ),
            after=("delete its service principal, role assignments, federated credentials and DNS records",),
            one_way=True,
            rollback="no way back once it is deleted; a stopped cluster starts again",
        ),
    )
