"""What an operation is called and what to know about it, where that depends on the cluster."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from seawall.model import UNKNOWN, Cluster, is_known
from seawall.remedies.difference import Difference
from seawall.remedies.needs import has_principal
from seawall.remedies.operations import Operation
from seawall.sources.clusters.fields import BY_PATH

_BY_COST = frozenset({"free", "by_hand", "reimaging", "pools", "new_pools"})
"""Operations that take whatever costs the same, and so have no words of their own on a setting."""


def title(operation: Operation, after: Cluster, difference: Difference) -> str:
    """The step's title."""
    if operation.id == "engine":
        return f"{operation.title} with {after.network.policy}"
    if operation.id in ("pools", "new_pools"):
        return f"{operation.title}: {', '.join(difference.pools)}"
    if operation.id == "identity":
        return f"{operation.title} ({after.identity.type})"
    return operation.title


def commands_of(operation: Operation, before: Cluster, after: Cluster, commands: list[str]) -> tuple[str, ...]:
    """The commands, with those that no setting of the table stands for."""
    group, name = shlex.quote(before.resource_group or "GROUP"), shlex.quote(before.name)
    update = f"az aks update -g {group} -n {name}"
    match operation.id:
        case "entra" if any("--enable-aad" in line for line in commands) and after.access.azure_rbac is not True:
            groups = after.access.admin_groups
            if not (is_known(groups) and groups) or before.access.admin_groups == groups:
                commands = [
                    f"{line} --aad-admin-group-object-ids GROUP_OBJECT_ID" if "--enable-aad" in line else line
                    for line in commands
                ]
        case "certificates":
            commands = [f"az aks rotate-certs -g {group} -n {name}"]
        case "identity" if after.identity.type == "UserAssigned":
            commands = [f"az identity create -g {group} -n {name}-control-plane --query id -o tsv", *commands]
        case "vnet_integration":
            again = " --enable-private-cluster" if before.api_server.private is True else ""
            commands = [*(f"{line}{again}" for line in commands)]
            commands += [f"az aks stop -g {group} -n {name}", f"az aks start -g {group} -n {name}"]
        case "private" if before.api_server.authorized_ranges not in ((), UNKNOWN) and after.api_server.private is True:
            commands = [f"{update} --api-server-authorized-ip-ranges ''", f"{update} --enable-private-cluster"]
        case "etcd" if after.protection.kms is True:
            commands = [*commands, "kubectl get secrets -A -o json | kubectl replace -f -"]
    return tuple(commands)


def before_words(operation: Operation, before: Cluster, after: Cluster) -> Iterator[str]:
    """What else to check first."""
    if operation.id == "engine" and after.network.policy == "cilium":
        yield "no Windows pools; node auto-provisioning is off: az aks update --node-provisioning-mode Manual"
        yield "no ipBlock of a NetworkPolicy means pods or nodes: Cilium does not match them; endPort needs Cilium 1.17"
    if operation.id == "overlay" and before.network.plugin != "kubenet":
        yield "no pool has a pod subnet of its own"


def then_words(operation: Operation, before: Cluster) -> Iterator[str]:
    """What else to do afterwards."""
    if operation.id == "identity" and has_principal(before):
        yield "delete the service principal's secret, once nothing else uses it"
    ranges = before.api_server.authorized_ranges
    if operation.id == "private" and is_known(ranges) and ranges:
        yield "between the two commands the API server is open to every address: run them back to back"


def constraints(operation: Operation, difference: Difference) -> Iterator[str]:
    """What the table of settings says, for operations that have no words of their own on it."""
    for path in difference.paths() if operation.id in _BY_COST else ():
        if constraints := BY_PATH[path].constraints:
            yield f"{path}: {constraints}"
