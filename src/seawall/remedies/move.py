"""The move from a cluster to its replacement: blue/green, each part tried before the next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import msgspec

from seawall.model import Cluster, Cost, Item, Step, is_known, known


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The two clusters as a shell is told of them."""

    group: str
    old: str
    new: str


def move(cluster: Cluster, new: Cluster, inventory: Sequence[Item]) -> tuple[Step, ...]:
    """The new cluster is built beside the old one, filled, tried, and then gets the traffic."""
    group, old, name = (shlex.quote(word or "GROUP") for word in (cluster.resource_group, cluster.name, new.name))
    names = Names(group=group, old=old, new=name)
    steps = [_prepare(names, cluster, str(new.upkeep.kubernetes_version)), _create(names, new)]
    steps.append(_identities(names, inventory))
    steps += [_foundations(names), _secrets(names), _volumes(names), _workloads(names), _cut_over(), _remove(names)]
    return tuple(msgspec.structs.replace(step, after=(*step.after, *_listed(step, inventory))) for step in steps)


EXPORTED = (
    "ns,quota,limits,pc,sc,pv,pvc,deploy,sts,ds,jobs,cj,pods,svc,ing,ingressclass,cm,sa,role,rolebinding,clusterrole,"
    "clusterrolebinding,netpol,hpa,pdb,crd,validatingwebhookconfiguration,mutatingwebhookconfiguration"
)
"""What every cluster has and an inventory reads, but for secrets, whose values belong in no file."""

_ANY = Item(group="identities", kind="ServiceAccount", namespace="NAMESPACE", name="SERVICE_ACCOUNT")

_MOVED_BY = {
    "identities": ("identities",),
    "foundations": ("namespaces", "access", "policies", "custom resources"),
    "secrets": ("secrets", "configuration"),
    "volumes": ("volumes",),
    "workloads": ("workloads", "autoscaling", "disruption budgets", "certificates"),
    "cut_over": ("addresses", "dns"),
}
"""The groups of the inventory by the step that moves them."""


def _listed(step: Step, inventory: Sequence[Item]) -> Iterator[str]:
    for group in _MOVED_BY.get(step.id, ()):
        if count := sum(item.group == group for item in inventory):
            yield f"those listed below under {group}: {count}"


def _prepare(names: Names, cluster: Cluster, version: str) -> Step:
    to_old = f"kubectl --context {names.old}"
    return Step(
        id="prepare",
        title="Write down what is in the old cluster, and stop changing it",
        commands=(
            f"az aks get-credentials -g {names.group} -n {names.old}",
            f"{to_old} get {EXPORTED} -A -o yaml > old-cluster.yaml",
            f"{to_old} get secret -A  # the names: their values belong in no file",
            f"{to_old} get crd -o name  # for each that is yours: kubectl get NAME -A -o yaml",
            f"OLD_IDENTITY=$({_principal(names, cluster)})",
            f"OLD_KUBELET=$(az aks show -g {names.group} -n {names.old} --query {_KUBELET} -o tsv)",
            'for ID in $OLD_IDENTITY $OLD_KUBELET; do az role assignment list --all --assignee "$ID" '
            '--query "[].[principalId,roleDefinitionName,scope]" -o tsv; done | tee old-roles.tsv',
            f"az aks maintenanceconfiguration list -g {names.group} --cluster-name {names.old} -o json > windows.json",
        ),
        before=(
            "quota for a second set of nodes in the region",
            "an address range for the new nodes, pods and services that overlaps with nothing",
            f"every manifest is in source control, and none uses an API that Kubernetes {version} has removed",
        ),
        after=(
            "once more with `--manifests old-cluster.yaml`: this plan then lists what has to move",
            "lower the DNS records' time to live to a minute, a day ahead",
        ),
        rollback="nothing has changed",
    )


_KUBELET = "identityProfile.kubeletidentity.objectId"


def _principal(names: Names, cluster: Cluster) -> str:
    """The command that prints the object ids of the control plane's identity."""
    show = f"az aks show -g {names.group} -n {names.old} --query"
    application = cluster.identity.service_principal
    if is_known(application) and application:
        return f"az ad sp show --id {shlex.quote(application)} --query id -o tsv"
    if cluster.identity.type == "UserAssigned":
        return f"{show} 'identity.userAssignedIdentities.*.principalId' -o tsv"
    return f"{show} identity.principalId -o tsv"


def _subnets(new: Cluster) -> Iterator[str]:
    """The subnets that the new cluster's identity has to join, where they are known."""
    told = (new.api_server.subnet, *(each for pool in known(new.pools) for each in (pool.subnet, pool.pod_subnet)))
    yield from dict.fromkeys(each for each in told if is_known(each) and each)


def _key_roles(new: Cluster) -> Iterator[str]:
    """What the control plane may do with the vault of its key, where it has one."""
    if new.protection.kms is True:
        yield "Key Vault Crypto User"
        if new.api_server.vnet_integration is True:  # AKS makes a private endpoint to the vault
            yield "Key Vault Contributor"


def _grant(role: str, principal: str, scope: str) -> str:
    to = f'--assignee-object-id "${principal}" --assignee-principal-type ServicePrincipal'
    return f"az role assignment create --role {role} {to} --scope {scope}"


def _create(names: Names, new: Cluster) -> Step:
    return Step(
        id="create",
        title="Create the new cluster with the code below",
        commands=(
            f"export IDENTITY_ID=$(az identity create -g {names.group} -n {names.new}-control-plane --query id -o tsv)",
            'IDENTITY=$(az identity show --ids "$IDENTITY_ID" --query principalId -o tsv)',
            *(_grant("'Network Contributor'", "IDENTITY", shlex.quote(subnet)) for subnet in _subnets(new)),
            *(_grant(f"'{role}'", "IDENTITY", '"$VAULT_ID"') for role in _key_roles(new)),
        ),
        before=(
            "whoever creates it is in an Entra group that may administer it: local accounts are off",
            *(["VAULT_ID is the resource id of the vault that holds the key"] if new.protection.kms is True else []),
        ),
        verify=(
            f"az aks show -g {names.group} -n {names.new} -o json > new.json && seawall audit new.json",
            f"az aks get-credentials -g {names.group} -n {names.new} && kubelogin convert-kubeconfig -l azurecli",
            f"kubectl --context {names.new} get nodes",
        ),
        cost=Cost.NEW_CLUSTER,
        rollback=f"az aks delete -g {names.group} -n {names.new}",
    )


def _identities(names: Names, inventory: Sequence[Item]) -> Step:
    accounts = [item for item in inventory if item.group == "identities" and item.kind == "ServiceAccount"]
    issuer = f"az aks show -g {names.group} -n {names.new} --query oidcIssuerProfile.issuerUrl -o tsv"
    return Step(
        id="identities",
        title="Give the new cluster its rights",
        commands=(
            f"KUBELET=$(az aks show -g {names.group} -n {names.new} --query {_KUBELET} -o tsv)",
            "while IFS=$'\\t' read -r WHO ROLE SCOPE; do "
            + 'case "$WHO $ROLE" in "$OLD_KUBELET "*|*AcrPull) TO=$KUBELET;; *) TO=$IDENTITY;; esac; '
            + _grant('"$ROLE"', "TO", '"$SCOPE"')
            + "; done < old-roles.tsv",
            f"ISSUER=$({issuer})",
            *(_credential(item, names.new) for item in accounts or [_ANY]),
        ),
        before=(
            "look through old-roles.tsv first: take out what the new cluster should not have, and what lies in the "
            "old node resource group, which goes with the old cluster",
            "the issuer's address is another one: every federated credential needs a second one beside it",
        ),
        verify=(issuer, "az identity federated-credential list --identity-name IDENTITY -g IDENTITY_GROUP -o table"),
        rollback="remove the assignments and credentials again; those of the old cluster are untouched",
    )


def _credential(account: Item, new: str) -> str:
    subject = f"system:serviceaccount:{account.namespace or 'NAMESPACE'}:{account.name}"
    name = f"{new}-{account.namespace}-{account.name}" if account is not _ANY else "NAME"
    return (
        f"az identity federated-credential create -n {shlex.quote(name)} --identity-name IDENTITY -g IDENTITY_GROUP "
        f'--issuer "$ISSUER" --subject {shlex.quote(subject)} --audiences api://AzureADTokenExchange'
        + (f"  # {account.note}" if account.note else "")
    )


def _foundations(names: Names) -> Step:
    return Step(
        id="foundations",
        title="Bring namespaces, roles, network policies, custom resources and operators",
        before=("a default-deny policy first: nothing in the new cluster is tried without it",),
        verify=(f"kubectl --context {names.new} get ns,netpol,rolebinding -A",),
        rollback="delete them in the new cluster",
    )


def _secrets(names: Names) -> Step:
    return Step(
        id="secrets",
        title="Bring secrets and configuration, better from a key vault than by copy",
        before=("secrets that were readable in the old cluster count as known: make new ones",),
        verify=(f"kubectl --context {names.new} get secret,cm -A",),
        rollback="delete them in the new cluster",
    )


def _volumes(names: Names) -> Step:
    return Step(
        id="volumes",
        title="Copy the volumes",
        before=(
            "a backup that you have restored once (Azure Backup for AKS, or Velero)",
            "which workloads may write twice: databases replicate, files are copied while nothing writes",
        ),
        breaks=("what owns a volume that is copied cold is away until its last copy is done",),
        verify=(f"kubectl --context {names.new} get pvc -A",),
        rollback="the old volumes stay where they are: reclaim policy Retain",
    )


def _workloads(names: Names) -> Step:
    return Step(
        id="workloads",
        title="Start the workloads in the new cluster, without traffic",
        before=("jobs and schedules are suspended in one of the two: none may run twice",),
        verify=(
            f"kubectl --context {names.new} get pods -A --field-selector status.phase!=Running",
            "smoke tests against the new addresses",
        ),
        rollback="scale them to zero in the new cluster",
    )


def _cut_over() -> Step:
    return Step(
        id="cut_over",
        title="Move the traffic: a small part first, then all",
        before=("both clusters answer; errors and latency of both are on one page; who decides to go back is named",),
        breaks=("clients that keep addresses longer than the record allows reach the old cluster: keep it running",),
        verify=("the new cluster carries the whole load through one busy hour",),
        rollback="point DNS, Front Door or the gateway back at the old cluster",
    )


def _remove(names: Names) -> Step:
    return Step(
        id="remove",
        title="Take the old cluster away",
        commands=(f"az aks stop -g {names.group} -n {names.old}", f"az aks delete -g {names.group} -n {names.old}"),
        before=(
            "nothing has reached it for a week: stop it first, delete it a week later",
            "disks to keep are not in its node resource group, which is deleted with it",
        ),
        after=("delete its service principal, role assignments, federated credentials and DNS records",),
        one_way=True,
        rollback="no way back once it is deleted; a stopped cluster starts again",
    )
