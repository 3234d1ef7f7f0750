"""From answers to a cluster that passes every check, as a value of the model."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from seawall.checks.kubernetes_versions import READ, last_day
from seawall.model import UNKNOWN, Access, Addons, ApiServer, Cluster, Identity, Network, Pool, Protection, Upkeep
from seawall.remedies.answers import Answers
from seawall.remedies.profiles import SIZES, Size

NODES: Final = "<subnet of the nodes>"
API: Final = "<subnet of the API server>"
KUBELET: Final = "<identity of the kubelets>"
"""Ids that are known when the resources are made: each format has its own way to refer to them."""

OUTBOUND: Mapping[str, str | None] = {
    "firewall": "userDefinedRouting",
    "nat": "userAssignedNATGateway",
    "loadbalancer": "loadBalancer",
    "none": None,
}


class Subnets(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the virtual network."""

    nodes: str
    api: str
    bastion: str
    jump: str
    endpoints: str


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster and what it needs around it.

    `left_open` maps the id of each check that the cluster does not pass to the reason; none is of medium or worse
    severity. `notes` are what a reader of any format has to know.
    """

    answers: Answers
    cluster: Cluster
    size: Size
    subnets: Subnets
    left_open: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def vault(self) -> str:
        """A name for the key vault: those are unique in the whole of Azure."""
        told = f"{self.answers.name}/{self.answers.region}/{self.answers.environment}/{self.answers.acr_id}"
        return f"kv-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def design(answers: Answers) -> Design:
    """The cluster for the answers. The same answers give the same design."""
    size = SIZES[answers.environment]
    return Design(
        answers=answers,
        cluster=_cluster(answers, size),
        size=size,
        subnets=_subnets(answers),
        left_open=dict(_left_open(answers)),
        notes=tuple(_notes(answers)),
    )


def _subnets(answers: Answers) -> Subnets:
    """Half of the network for the nodes; the bastion's must be a /26, the API server's a /28 at least."""
    nodes, rest = ipaddress.IPv4Network(answers.network).subnets(prefixlen_diff=1)
    parts = rest.subnets(new_prefix=26)
    bastion, small = next(parts), next(parts).subnets(new_prefix=28)
    api, jump, endpoints = (str(next(small)) for _ in range(3))
    return Subnets(nodes=str(nodes), api=api, bastion=str(bastion), jump=jump, endpoints=endpoints)


def _cluster(answers: Answers, size: Size) -> Cluster:
    private = answers.access == "private"
    return Cluster(
        name=answers.name,
        region=answers.region,
        tags={"environment": answers.environment},
        # Admins come by role assignments: a group in `admin_groups` would be admin past Azure RBAC.
        access=Access(rbac=True, entra=True, azure_rbac=True, local_accounts_disabled=True, admin_groups=()),
        identity=Identity(type="UserAssigned", kubelet=KUBELET, oidc_issuer=True, workload_identity=True),
        api_server=ApiServer(
            private=private,
            vnet_integration=True,
            subnet=API,
            authorized_ranges=UNKNOWN if private else answers.authorized_ranges,
            public_fqdn=False if private else UNKNOWN,
            private_dns_zone="system" if private else UNKNOWN,
            run_command_disabled=True,
            public_network_access="Disabled" if private else "Enabled",
            dns_prefix=answers.name,
        ),
        network=_network(answers),
        addons=Addons(
            azure_policy=True,
            key_vault_secrets=True,
            secret_rotation=True,
            container_insights=True,
            managed_prometheus=True,
        ),
        protection=Protection(
            defender=True,
            defender_gating=True,
            image_cleaner=True,
            kms=True,
            node_resource_group_restriction="ReadOnly",
            safeguards_level="Enforce",
            pod_security_level="Restricted",
            audit_logs=("guard", "kube-audit" if answers.regulated else "kube-audit-admin"),
        ),
        upkeep=Upkeep(
            kubernetes_version=answers.kubernetes_version,
            upgrade_channel="patch",
            node_os_channel="NodeImage",
            maintenance_windows=("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"),
            tier="Standard",
            support_plan="KubernetesOfficial",
            windows_admin="azureadmin" if answers.windows else UNKNOWN,
        ),
        pools=tuple(_pools(answers, size)),
    )


def _network(answers: Answers) -> Network:
    """Cilium with all that ACNS protects; Calico where there are Windows nodes, on which Cilium does not run."""
    linux = not answers.windows
    engine = "cilium" if linux else "calico"
    return Network(
        plugin="azure",
        plugin_mode="overlay",
        policy=engine,
        dataplane="cilium" if linux else "azure",
        acns=linux,
        acns_security=linux,
        transit_encryption="WireGuard" if linux else UNKNOWN,
        advanced_policies="FQDN" if linux else UNKNOWN,
        outbound_type=OUTBOUND[answers.egress],
        load_balancer_sku="standard",
        service_cidr=answers.service_cidr,
        dns_service_ip=str(ipaddress.IPv4Network(answers.service_cidr)[10]),
        pod_cidr=answers.pod_cidr,
        artifact_source="Cache" if answers.egress == "none" else "Direct",
    )


def _pools(answers: Answers, size: Size) -> Iterator[Pool]:
    plain = Pool(
        name="system",
        mode="System",
        os_type="Linux",
        os_sku="AzureLinux3",
        type="VirtualMachineScaleSets",
        kubernetes_version=answers.kubernetes_version,
        subnet=NODES,
        node_public_ip=False,
        host_encryption=True,
        fips=answers.regulated,
        secure_boot=not answers.regulated,
        vtpm=not answers.regulated,
        ssh_access="Disabled",
        os_disk_type="Ephemeral",
        zones=("1", "2", "3"),
        taints=("CriticalAddonsOnly=true:NoSchedule",),
        count=size.system,
    )
    user = msgspec.structs.replace(plain, name="user", mode="User", taints=(), count=size.least, auto_scaling=True)
    yield plain
    yield user
    if answers.windows:
        # FIPS is on by default from Windows Server 2022 on; Trusted Launch is for Linux nodes
        yield msgspec.structs.replace(
            user, name="win", os_type="Windows", os_sku="Windows2022", fips=False, secure_boot=False, vtpm=False
        )


def _left_open(answers: Answers) -> Iterator[tuple[str, str]]:
    yield "AKS-IDN-007", "IMDS restriction is a preview that the API and azurerm have not: ask for it with az later"
    yield "AKS-PRO-008", "Image Integrity is a preview that the API and azurerm have not: ask for it with az later"
    if answers.access == "ranges":
        yield "AKS-API-011", "access ranges was chosen: the API server has a public address, for those ranges only"
    if answers.egress in ("nat", "loadbalancer"):
        yield "AKS-NET-009", f"egress {answers.egress} was chosen: only a firewall, or no egress, keeps data in"
    if answers.regulated:
        yield "AKS-POOL-007", "FIPS and Trusted Launch go together on no operating system that stays in support"
    if not answers.acr_id:
        yield "AKS-ACC-011", "no registry was named: say which one with acr_id"


def _notes(answers: Answers) -> Iterator[str]:
    yield "Environments differ in size only; the security settings are the same in all of them."
    version = answers.kubernetes_version
    end = last_day(version, None, READ)
    yield f"Kubernetes {version}: AKS supports it until {end} (as documented on {READ}); upgrade before."
    yield "Run command (`az aks command invoke`) is off: it would be a way in past the network."
    if answers.access == "private":
        host = "the jump host, through the bastion" if answers.bastion else "a network that is peered with this one"
        yield f"The API server has no public address: use kubectl from {host}."
    elif answers.bastion:
        yield "The authorised ranges reach the API server without the jump host: answer bastion no to do without."
    yield "VNet integration puts the API server into a subnet of its own; it cannot be undone."
    if answers.egress == "firewall":
        yield f"The firewall, {answers.firewall_ip}, must be there first (peering) and let through what AKS needs."
    if answers.egress == "none":
        yield "No egress: nodes start from the cache registry; give the monitoring agents a private link scope (AMPLS)."
    yield (
        "The key vault is closed to public networks. Azure's control plane makes the key, so applying this needs no "
        f"way to the vault; to rotate the key, be in the network{' (the jump host)' if answers.bastion else ''}."
    )
    if answers.workspace_id:
        yield f"The Log Analytics workspace must be in {answers.region}, as the rule that collects for it."
    yield "Features to register first: EncryptionAtHost (Microsoft.Compute)."
