"""The cluster that passes every check: examples start from it and change one thing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from seawall.model import Access, Addons, ApiServer, Cluster, Identity, Network, Pool, Protection, Upkeep
from seawall.model.paths import put

TODAY = datetime.date(2026, 10, 15)
"""The day on which the examples are judged."""


def gold_pool(name: str, **changes: Any) -> Pool:
    """A Linux node pool that passes every check, with the changes made."""
    settings = {
        "mode": "User",
        "os_type": "Linux",
        "os_sku": "AzureLinux3",
        "type": "VirtualMachineScaleSets",
        "kubernetes_version": "1.36",
        "node_public_ip": False,
        "host_encryption": True,
        "ssh_access": "Disabled",
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
        azure_rbac=True,
        local_accounts_disabled=True,
        pod_security_policy=False,
    ),
    identity=Identity(
        type="UserAssigned",
        service_principal=None,
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
        run_command_disabled=True,
        public_network_access="Disabled",
    ),
    network=Network(
        plugin="azure",
        plugin_mode="overlay",
        policy="cilium",
        dataplane="cilium",
        acns=False,
        outbound_type="userDefinedRouting",
        load_balancer_sku="standard",
    ),
    addons=Addons(
        http_application_routing=False,
        kube_dashboard=False,
        open_service_mesh=False,
        azure_policy=True,
        key_vault_secrets=True,
        secret_rotation=True,
    ),
    protection=Protection(
        defender=True,
        image_cleaner=True,
        kms=True,
        kms_infrastructure_encryption=None,
        node_resource_group_restriction="ReadOnly",
    ),
    upkeep=Upkeep(
        kubernetes_version="1.36",
        upgrade_channel="patch",
        node_os_channel="NodeImage",
        support_plan="KubernetesOfficial",
        tier="Standard",
    ),
    pools=(gold_pool("system", mode="System"), gold_pool("user")),
)


def gold(changes: Mapping[str, Any] | None = None) -> Cluster:
    """The gold cluster with the changes made, as `model.paths.put` makes them (`name`, `tags`, `pools` too)."""
    return put(GOLD, dict(changes or {}))
