"""An AKS cluster as every source describes it: one model, whatever the format.

Attributes follow the polarity of the ARM property they hold (`local_accounts_disabled`, not `local_accounts`).
Every setting is a `Maybe`: UNKNOWN until a source says otherwise. `sources/clusters/fields.py` maps each to the
formats. A setting is addressed by its dotted path, `network.policy`, or `pool.node_public_ip` for one of a node pool.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seawall.model.finding import Tool
from seawall.model.unknown import UNKNOWN, Maybe


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the groups of settings."""


class Access(Setting, frozen=True, kw_only=True):
    """Who may use the Kubernetes API."""

    rbac: Maybe[bool] = UNKNOWN
    entra: Maybe[bool] = UNKNOWN
    entra_legacy_client: Maybe[str | None] = UNKNOWN
    entra_legacy_server: Maybe[str | None] = UNKNOWN
    admin_groups: Maybe[tuple[str, ...]] = UNKNOWN
    azure_rbac: Maybe[bool] = UNKNOWN
    local_accounts_disabled: Maybe[bool] = UNKNOWN
    pod_security_policy: Maybe[bool] = UNKNOWN
    acr_pull: Maybe[bool] = UNKNOWN


class Identity(Setting, frozen=True, kw_only=True):
    """What the cluster and its workloads are to Azure. `type` is SystemAssigned, UserAssigned or None."""

    type: Maybe[str | None] = UNKNOWN
    service_principal: Maybe[str | None] = UNKNOWN
    kubelet: Maybe[str | None] = UNKNOWN
    oidc_issuer: Maybe[bool] = UNKNOWN
    workload_identity: Maybe[bool] = UNKNOWN
    pod_identity: Maybe[bool] = UNKNOWN
    imds_restriction: Maybe[bool] = UNKNOWN


class ApiServer(Setting, frozen=True, kw_only=True):
    """How the API server is reached."""

    private: Maybe[bool] = UNKNOWN
    vnet_integration: Maybe[bool] = UNKNOWN
    subnet: Maybe[str | None] = UNKNOWN
    authorized_ranges: Maybe[tuple[str, ...]] = UNKNOWN
    public_fqdn: Maybe[bool] = UNKNOWN
    private_dns_zone: Maybe[str | None] = UNKNOWN
    run_command_disabled: Maybe[bool] = UNKNOWN
    public_network_access: Maybe[str | None] = UNKNOWN
    dns_prefix: Maybe[str | None] = UNKNOWN
    fqdn_subdomain: Maybe[str | None] = UNKNOWN


class Network(Setting, frozen=True, kw_only=True):
    """Cluster networking. `policy` is azure, calico, cilium or None; the source's "none" and "" are None."""

    plugin: Maybe[str | None] = UNKNOWN
    plugin_mode: Maybe[str | None] = UNKNOWN
    policy: Maybe[str | None] = UNKNOWN
    dataplane: Maybe[str | None] = UNKNOWN
    acns: Maybe[bool] = UNKNOWN
    acns_security: Maybe[bool] = UNKNOWN
    transit_encryption: Maybe[str | None] = UNKNOWN
    advanced_policies: Maybe[str | None] = UNKNOWN
    outbound_type: Maybe[str | None] = UNKNOWN
    load_balancer_sku: Maybe[str | None] = UNKNOWN
    service_cidr: Maybe[str | None] = UNKNOWN
    dns_service_ip: Maybe[str | None] = UNKNOWN
    pod_cidr: Maybe[str | None] = UNKNOWN
    ip_families: Maybe[tuple[str, ...]] = UNKNOWN
    http_proxy: Maybe[str | None] = UNKNOWN
    artifact_source: Maybe[str | None] = UNKNOWN


class Addons(Setting, frozen=True, kw_only=True):
    """Add-ons and extensions that run in the cluster."""

    http_application_routing: Maybe[bool] = UNKNOWN
    kube_dashboard: Maybe[bool] = UNKNOWN
    open_service_mesh: Maybe[bool] = UNKNOWN
    web_app_routing: Maybe[bool] = UNKNOWN
    web_app_routing_nginx: Maybe[str | None] = UNKNOWN
    azure_policy: Maybe[bool] = UNKNOWN
    key_vault_secrets: Maybe[bool] = UNKNOWN
    secret_rotation: Maybe[bool] = UNKNOWN
    container_insights: Maybe[bool] = UNKNOWN
    managed_prometheus: Maybe[bool] = UNKNOWN
    disk_csi: Maybe[bool] = UNKNOWN
    file_csi: Maybe[bool] = UNKNOWN
    blob_csi: Maybe[bool] = UNKNOWN
    snapshot_controller: Maybe[bool] = UNKNOWN


class Protection(Setting, frozen=True, kw_only=True):
    """Encryption, detection and guard rails."""

    defender: Maybe[bool] = UNKNOWN
    defender_gating: Maybe[bool] = UNKNOWN
    image_cleaner: Maybe[bool] = UNKNOWN
    image_integrity: Maybe[bool] = UNKNOWN
    kms: Maybe[bool] = UNKNOWN
    kms_infrastructure_encryption: Maybe[str | None] = UNKNOWN
    disk_encryption_set: Maybe[str | None] = UNKNOWN
    fips: Maybe[bool] = UNKNOWN
    custom_ca_certificates: Maybe[tuple[str, ...]] = UNKNOWN
    node_resource_group_restriction: Maybe[str | None] = UNKNOWN
    safeguards_level: Maybe[str | None] = UNKNOWN
    pod_security_level: Maybe[str | None] = UNKNOWN
    audit_logs: Maybe[tuple[str, ...]] = UNKNOWN


class Upkeep(Setting, frozen=True, kw_only=True):
    """Versions, upgrades and the tier."""

    kubernetes_version: Maybe[str | None] = UNKNOWN
    upgrade_channel: Maybe[str | None] = UNKNOWN
    node_os_channel: Maybe[str | None] = UNKNOWN
    maintenance_windows: Maybe[tuple[str, ...]] = UNKNOWN
    node_disruption_policy: Maybe[str | None] = UNKNOWN
    force_upgrade: Maybe[bool] = UNKNOWN
    support_plan: Maybe[str | None] = UNKNOWN
    tier: Maybe[str | None] = UNKNOWN
    sku: Maybe[str | None] = UNKNOWN
    node_resource_group: Maybe[str | None] = UNKNOWN
    ssh_keys: Maybe[tuple[str, ...]] = UNKNOWN
    windows_admin: Maybe[str | None] = UNKNOWN


class Pool(Setting, frozen=True, kw_only=True):
    """A node pool (agent pool)."""

    name: str
    mode: Maybe[str | None] = UNKNOWN
    os_type: Maybe[str | None] = UNKNOWN
    os_sku: Maybe[str | None] = UNKNOWN
    type: Maybe[str | None] = UNKNOWN
    kubernetes_version: Maybe[str | None] = UNKNOWN
    subnet: Maybe[str | None] = UNKNOWN
    pod_subnet: Maybe[str | None] = UNKNOWN
    node_public_ip: Maybe[bool] = UNKNOWN
    allowed_host_ports: Maybe[tuple[str, ...]] = UNKNOWN
    host_encryption: Maybe[bool] = UNKNOWN
    fips: Maybe[bool] = UNKNOWN
    secure_boot: Maybe[bool] = UNKNOWN
    vtpm: Maybe[bool] = UNKNOWN
    ssh_access: Maybe[str | None] = UNKNOWN
    os_disk_type: Maybe[str | None] = UNKNOWN
    workload_runtime: Maybe[str | None] = UNKNOWN
    kubelet_config: Maybe[bool] = UNKNOWN
    linux_os_config: Maybe[bool] = UNKNOWN
    zones: Maybe[tuple[str, ...]] = UNKNOWN
    taints: Maybe[tuple[str, ...]] = UNKNOWN
    kubelet_serving_rotation_disabled: Maybe[bool] = UNKNOWN
    count: Maybe[int | None] = UNKNOWN
    max_pods: Maybe[int | None] = UNKNOWN
    auto_scaling: Maybe[bool] = UNKNOWN


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """One managed cluster.

    `file` is the input as the user named it. `lines` maps a setting's path ("network.policy",
    "pools[NAME].node_public_ip", or "" for the cluster itself) to its line, counted from 1; it may be lazy.
    `origin` is the deployment that it comes from, where that is not `file`: an environment's Terraform folder, say.
    `tool` is what the input is made for: it decides what a change costs, with `tool_version`, that of azurerm where
    the input fixes it ("4.60.0"). `addresses` are those of its Terraform resources: of the cluster by "", of a node
    pool by its name, which is the cluster's where the pool is its default one.
    """

    name: str
    resource_group: str = ""
    id: str = ""
    region: str = ""
    tags: Mapping[str, str] = {}
    file: str = ""
    origin: str = ""
    lines: Mapping[str, int] = {}
    tool: Tool = Tool.AZ
    tool_version: str = ""
    addresses: Mapping[str, str] = {}
    access: Access = Access()
    identity: Identity = Identity()
    api_server: ApiServer = ApiServer()
    network: Network = Network()
    addons: Addons = Addons()
    protection: Protection = Protection()
    upkeep: Upkeep = Upkeep()
    pools: Maybe[tuple[Pool, ...]] = UNKNOWN
