"""What is done to a cluster as one piece of work: which settings it changes, what comes first, what to know about it.

The order is that of AKS: use-network-policies and update-azure-cni (an engine goes before overlay comes, both Cilium
flags in one call), network-isolated (Cache, reimage, then the outbound type), local-accounts and rotate-certificates,
api-server-vnet-integration (stop and start by hand), availability-sets-on-aks, upgrade-basic-load-balancer-on-aks.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

import msgspec

NO_POLICY = "network policies are not enforced until an engine is back and every node is done"
NODES = "every node is rebuilt: pods move, and PodDisruptionBudgets that allow none to be away block it"
EGRESS = "the egress address changes: add the new one to every allow list first, the cluster's own ranges too"
API = "the API server is away for some minutes"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """`paths` are the settings it changes; `after` the operations that come before it where they are needed at all.

    `before`, `breaks`, `then`, `verify` and `rollback` are as in a Step; an operation without a rollback of its own is
    undone by the opposite change, where there is one.
    """

    id: str
    title: str
    paths: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    rollback: str = ""


OPERATIONS: tuple[Operation, ...] = (
    Operation(id="free", title="Switch on what costs nothing", verify=("kubectl get pods -n kube-system",)),
    Operation(
        id="entra",
        title="Sign people in with Entra ID",
        paths=(
            *("access.entra", "access.entra_legacy_client", "access.entra_legacy_server"),
            *("access.admin_groups", "access.azure_rbac"),
        ),
        before=(
            "an admin group that you belong to, or with Azure RBAC a role assignment on the cluster: without either "
            "nobody gets in",
        ),
        breaks=("every kubeconfig changes; on the Free tier the API server may be away for a while",),
        then=("az aks get-credentials for everybody; give pipelines a workload identity or kubelogin",),
        verify=("kubectl auth whoami",),
    ),
    Operation(
        id="local_accounts",
        title="Switch the static administrator account off",
        paths=("access.local_accounts_disabled",),
        after=("entra",),
        before=("you have signed in through Entra ID and may administer the cluster: kubectl auth can-i '*' '*'",),
        breaks=("whatever still uses the administrator's kubeconfig: pipelines above all",),
    ),
    Operation(
        id="certificates",
        title="Rotate the certificates: those handed out before stay valid until then",
        after=("local_accounts",),
        before=("nothing needs the old administrator's kubeconfig any more",),
        breaks=("up to 30 minutes of downtime", NODES),
        then=("az aks get-credentials for everybody: the certificate authority is a new one",),
        verify=("kubectl get nodes",),
        rollback="no way back to the old certificates",
    ),
    Operation(
        id="oidc",
        title="Give pods identities of their own: OIDC issuer and workload identity",
        paths=("identity.oidc_issuer", "identity.workload_identity"),
        breaks=(API,),
        then=("give each workload an identity with a federated credential",),
        verify=("kubectl -n kube-system get pods -l azure-workload-identity.io/system=true",),
    ),
    Operation(
        id="identity",
        title="Give the cluster a managed identity",
        paths=("identity.type", "identity.service_principal"),
        before=("the identity has the roles of the old one: on the subnet, the route table, the registry, the vault",),
        verify=("kubectl get events -A --field-selector type=Warning",),
    ),
    Operation(
        id="by_hand",
        title="Change what nodes take over when they are next rebuilt",
        after=("oidc", "identity"),
        before=("IMDS restriction does not go with some add-ons: read imds-restriction",),
    ),
    Operation(
        id="artifact_source",
        title="Let nodes start from your own registry",
        paths=("network.artifact_source",),
        after=("overlay", "engine", "identity"),
        before=("a registry with the cache rule for mcr.microsoft.com that the kubelet's identity may pull from",),
    ),
    Operation(
        id="upgrade",
        title="Upgrade Kubernetes",
        paths=("upkeep.kubernetes_version",),
        after=("identity", "by_hand"),
        before=(
            "no workload uses an API that the version removes: kubectl get --raw /metrics | grep "
            "apiserver_requested_deprecated_apis",
            "PodDisruptionBudgets let pods go: kubectl get pdb -A",
            "the subnet and the quota have room for the surge nodes",
        ),
        breaks=(NODES,),
        verify=("kubectl get nodes", "kubectl get pods -A --field-selector status.phase!=Running"),
    ),
    Operation(
        id="availability_sets",
        title="Turn availability sets into virtual machine pools",
        paths=("pool.type",),
        after=("upgrade",),
        before=("admission webhooks are switched off", "etcd encryption with a private key vault is off"),
        breaks=("downtime: nodes and load balancer are replaced", EGRESS),
        then=("switch the admission webhooks on again",),
        verify=("kubectl get nodes", "kubectl get svc -A"),
    ),
    Operation(
        id="load_balancer",
        title="Change to the Standard load balancer",
        paths=("network.load_balancer_sku",),
        after=("upgrade", "availability_sets"),
        before=("admission webhooks are switched off", "etcd encryption with a private key vault is off"),
        breaks=("downtime: services of type LoadBalancer get new addresses", EGRESS),
        then=("switch the admission webhooks on again", "point DNS at the new addresses"),
        verify=("kubectl get svc -A",),
    ),
    Operation(
        id="ranges",
        title="Say which addresses may reach the API server",
        paths=("api_server.authorized_ranges",),
        after=("load_balancer", "availability_sets", "outbound"),
        before=("the list has your own addresses, your pipelines' and the cluster's egress address",),
        breaks=("whoever is not on the list is locked out of the API",),
        verify=("kubectl get nodes",),
    ),
    Operation(
        id="engine_off",
        title="Take the network policy engine away",
        after=("upgrade", "availability_sets"),
        before=("what the policies keep apart today is kept apart by something else, or may meet for as long",),
        breaks=(NO_POLICY, NODES),
        then=("custom resources of *.projectcalico.org and *.tigera.io stay and do nothing",),
        verify=("kubectl get nodes",),
    ),
    Operation(
        id="overlay",
        title="Move pods to Azure CNI Overlay",
        paths=("network.plugin", "network.plugin_mode"),
        after=("upgrade", "identity", "engine_off"),
        before=(
            "no route table of your own on the subnet: detach it",
            "the pod range overlaps with nothing that pods talk to",
        ),
        breaks=(NODES, "pods get addresses that are not those of the virtual network"),
        verify=("kubectl get pods -A -o wide", "kubectl get nodes"),
    ),
    Operation(
        id="engine",
        title="Enforce network policies",
        paths=("network.policy", "network.dataplane"),
        after=("identity", "upgrade", "engine_off", "overlay"),
        breaks=(NO_POLICY, NODES),
        verify=("kubectl get nodes", "kubectl get networkpolicies -A"),
    ),
    Operation(
        id="policies",
        title="Mend the policies that Cilium reads differently",
        after=("engine",),
        before=("every node is done: Cilium enforces only then",),
        then=(
            "ipBlock no longer matches pods or nodes: select them by label, or with a CiliumNetworkPolicy",
            "endPort needs Cilium 1.17; look at named ports and at pods on the host network",
            "switch node auto-provisioning on again where it was",
        ),
        verify=("kubectl get networkpolicies -A -o yaml | grep -nE 'ipBlock|endPort'",),
        rollback="the policies are in source control",
    ),
    Operation(
        id="reimaging",
        title="Change the settings that rebuild the nodes, in one call",
        after=("upgrade", "overlay", "identity"),
        breaks=(NODES,),
        verify=("kubectl get nodes",),
    ),
    Operation(
        id="network_extras",
        title="Switch on what builds on the engine",
        paths=("network.acns", "network.acns_security", "network.transit_encryption", "network.advanced_policies"),
        after=("engine", "upgrade"),
        breaks=("transit encryption restarts the Cilium agents",),
    ),
    Operation(
        id="vnet_integration",
        title="Bring the API server into your network",
        paths=("api_server.vnet_integration", "api_server.subnet"),
        after=("identity", "upgrade"),
        before=(
            "a subnet of /28 or larger, delegated to Microsoft.ContainerService/managedClusters, with 9 free addresses",
            "the cluster is not dual-stack, and virtual network encryption is off",
            "capacity for the start: a stopped cluster's nodes are not reserved",
        ),
        breaks=("the API server gets another address", "the cluster is stopped and started: all of it is away", NODES),
        verify=("kubectl get nodes",),
    ),
    Operation(
        id="private",
        title="Take the API server off the internet",
        paths=("api_server.private",),
        after=("vnet_integration", "load_balancer", "entra"),
        before=("you, your pipelines and GitOps reach the virtual network: a bastion, a VPN, peering, private DNS",),
        breaks=("the API server's public address: whatever comes from outside loses it",),
        verify=("kubectl get nodes # from inside the network",),
    ),
    Operation(
        id="private_name",
        title="Settle the names of the private API server",
        paths=("api_server.public_fqdn", "api_server.private_dns_zone"),
        after=("private",),
        before=("clients can resolve the name that remains",),
        breaks=("kubeconfigs that hold the other name",),
        verify=("kubectl get nodes",),
    ),
    Operation(
        id="outbound",
        title="Change the way out of the cluster",
        paths=("network.outbound_type",),
        after=("load_balancer", "availability_sets", "artifact_source", "upgrade", "engine", "reimaging"),
        before=("for userDefinedRouting: a route for 0.0.0.0/0 on the subnet that leads to your firewall",),
        breaks=(EGRESS, "live connections to the outside break"),
        verify=(
            "kubectl run egress --rm -it --image=mcr.microsoft.com/azure-cli --restart=Never -- curl -s ifconfig.me",
        ),
    ),
    Operation(
        id="etcd",
        title="Encrypt secrets in etcd with a key of your own",
        paths=("protection.kms", "protection.kms_infrastructure_encryption"),
        after=("identity", "upgrade", "load_balancer", "availability_sets", "vnet_integration"),
        before=(
            "the cluster's identity may use the key: Key Vault Crypto User",
            "a private key vault needs API server VNet integration",
        ),
        then=("never delete an old key, not even after turning the encryption off",),
        verify=("kubectl get secrets -A",),
    ),
    Operation(
        id="pools",
        title="Change node pools where they are",
        after=("upgrade", "availability_sets"),
        breaks=(NODES,),
        verify=("kubectl get nodes",),
    ),
    Operation(
        id="new_pools",
        title="Replace node pools",
        after=("upgrade", "availability_sets", "engine", "overlay", "reimaging", "vnet_integration", "pools"),
        before=(
            "the machine size supports what the new pool is to have, and the quota has room for both",
            "PodDisruptionBudgets let pods go: kubectl get pdb -A",
        ),
        breaks=("pods move to the new pool; what is on emptyDir is lost",),
        verify=("kubectl get nodes -L agentpool",),
        rollback="until an old pool is deleted: kubectl uncordon its nodes, and delete the new pool",
    ),
)
BY_ID: Mapping[str, Operation] = {each.id: each for each in OPERATIONS}
OWNER: Mapping[str, str] = {path: each.id for each in OPERATIONS for path in each.paths}
"""The operation that changes a setting; the settings of no operation go by what they cost."""


def ordered(ids: Iterable[str]) -> list[Operation]:
    """The operations in an order that keeps every `after`; the table's where that leaves a choice."""
    chosen = set(ids)
    rank = {operation.id: number for number, operation in enumerate(OPERATIONS)}
    sorter = TopologicalSorter({each: chosen.intersection(BY_ID[each].after) for each in chosen})
    sorter.prepare()
    ready: list[int] = []
    done: list[Operation] = []
    while sorter.is_active():
        for each in sorter.get_ready():
            heapq.heappush(ready, rank[each])
        operation = OPERATIONS[heapq.heappop(ready)]
        done.append(operation)
        sorter.done(operation.id)
    return done
