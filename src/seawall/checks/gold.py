"""The cluster that passes every check: examples start from it and change one thing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from seawall.model import Access, Addons, ApiServer, Cluster, Identity, Network, Pool, Protection, Upkeep
from seawall.model.paths import put

TODAY = datetime.date(2026, 10, 15)
"""The day on which the examples are judged."""

_NETWORK = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/contoso/providers"
_SUBNET = f"{_NETWORK}/Microsoft.Network/virtualNetworks/contoso/subnets/nodes"


def gold_pool(name: str, **changes: Any) -> Pool:
    """A Linux node pool that passes every check, with the changes made."""
    system = changes.get("mode") == "System"
    settings = {
        "mode": "User",
        "os_type": "Linux",
        "os_sku": "AzureLinux3",
        "type": "VirtualMachineScaleSets",
        "kubernetes_version": "1.36",
        "subnet": _SUBNET,
        "pod_subnet": None,
        "node_public_ip": False,
        "allowed_host_ports": (),
        "host_encryption": True,
        "fips": False,
        "secure_boot": True,
        "vtpm": True,
        "ssh_access": "Disabled",
        "os_disk_type": "Ephemeral",
        "workload_runtime": "OCIContainer",
        "zones": ("1", "2", "3"),
        "taints": ("CriticalAddonsOnly=true:NoSchedule",) if system else (),
        "kubelet_serving_rotation_disabled": False,
        "count": 3,
    }
    return Pool(name=name, **{**settings, **changes})


GOLD = Cluster(
    name="contoso",
    resource_group="contoso",
    region="westeurope",
    access=Access(
        rbac=True,
        entra=True,
        entra_legacy_client=None,
        entra_legacy_server=None,
        admin_groups=(),
        azure_rbac=True,
        local_accounts_disabled=True,
        pod_security_policy=False,
        acr_pull=True,
    ),
    identity=Identity(
        type="UserAssigned",
        service_principal=None,
        kubelet=f"{_NETWORK}/Microsoft.ManagedIdentity/userAssignedIdentities/contoso-kubelet",
        oidc_issuer=True,
        workload_identity=True,
        pod_identity=False,
        imds_restriction=True,
    ),
    api_server=ApiServer(
        private=True,
        vnet_integration=True,
        authorized_ranges=(),
        public_fqdn=False,
        private_dns_zone="system",
        run_command_disabled=True,
        public_network_access="Disabled",
        dns_prefix="contoso",
        fqdn_subdomain=None,
    ),
    network=Network(
        plugin="azure",
        plugin_mode="overlay",
        policy="cilium",
        dataplane="cilium",
        acns=True,
        acns_security=True,
        transit_encryption="WireGuard",
        advanced_policies="FQDN",
        outbound_type="userDefinedRouting",
        load_balancer_sku="standard",
        service_cidr="10.0.0.0/16",
        dns_service_ip="10.0.0.10",
        pod_cidr="10.244.0.0/16",
        ip_families=("IPv4",),
        http_proxy=None,
        artifact_source="Direct",
    ),
    addons=Addons(
        http_application_routing=False,
        kube_dashboard=False,
        open_service_mesh=False,
        web_app_routing=False,
        web_app_routing_nginx=None,
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
        image_integrity=True,
        kms=True,
        kms_infrastructure_encryption=None,
        disk_encryption_set=None,
        fips=False,
        custom_ca_certificates=(),
        node_resource_group_restriction="ReadOnly",
        safeguards_level="Enforce",
        pod_security_level="Restricted",
        audit_logs=("guard", "kube-audit-admin"),
    ),
    upkeep=Upkeep(
        kubernetes_version="1.36",
        upgrade_channel="patch",
        node_os_channel="NodeImage",
        maintenance_windows=("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"),
        node_disruption_policy="AllowDuringMaintenanceWindow",
        force_upgrade=False,
        support_plan="KubernetesOfficial",
        tier="Standard",
    ),
    pools=(gold_pool("system", mode="System"), gold_pool("user")),
)


def gold(changes: Mapping[str, Any] | None = None) -> Cluster:
    """The gold cluster with the changes made, as `model.paths.put` makes them (`name`, `tags`, `pools` too)."""
    return put(GOLD, dict(changes or {}))
