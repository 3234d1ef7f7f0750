"""Clusters of azurerm: settings, node pools, what points to a cluster, and the traps."""

from __future__ import annotations

from typing import Any

import pytest

from seawall.model import Cost, Tool, Unknown
from seawall.model.paths import get
from seawall.sources.clusters.costs import change


@pytest.mark.parametrize(
    ("inside", "path", "expected"),
    [
        ("", "access.rbac", True),
        ("role_based_access_control_enabled = false", "access.rbac", False),
        ("", "network.policy", None),
        ('network_profile {\n network_plugin = "azure"\n network_policy = "none"\n}', "network.policy", None),
        ('network_profile {\n network_plugin = "azure"\n network_policy = ""\n}', "network.policy", None),
        ('network_profile {\n network_plugin = "azure"\n network_policy = "cilium"\n}', "network.policy", "cilium"),
        ('network_profile {\n network_plugin = "azure"\n}', "network.dataplane", "azure"),
        ('network_profile {\n network_plugin = "none"\n}', "network.plugin", None),
        ('api_server_access_profile {\n authorized_ip_ranges = ["0.0.0.0/0"]\n}', "api_server.authorized_ranges",
         ("0.0.0.0/0",)),
        ("", "api_server.authorized_ranges", ()),
        ("private_cluster_enabled = true", "api_server.private_dns_zone", "system"),
        ('private_dns_zone_id = "None"', "api_server.private_dns_zone", None),
        ("run_command_enabled = false", "api_server.run_command_disabled", True),
        ("run_command_enabled = true", "api_server.run_command_disabled", False),
        ("azure_active_directory_role_based_access_control {\n azure_rbac_enabled = true\n}", "access.azure_rbac",
         True),
        ("azure_active_directory_role_based_access_control {}", "access.entra", True),
        ("", "access.entra", False),
        ("microsoft_defender {\n log_analytics_workspace_id = var.nothing\n}", "protection.defender", True),
        ("key_vault_secrets_provider {\n secret_rotation_enabled = true\n}", "addons.key_vault_secrets", True),
        ("key_vault_secrets_provider {\n secret_rotation_enabled = true\n}", "addons.secret_rotation", True),
        ("key_management_service {\n key_vault_key_id = azurerm_key_vault_key.a.id\n}", "protection.kms", True),
        ("monitor_metrics {}", "addons.managed_prometheus", True),
        ('automatic_upgrade_channel = "patch"', "upkeep.upgrade_channel", "patch"),
        ("", "upkeep.node_os_channel", "NodeImage"),
        ('node_os_upgrade_channel = "None"', "upkeep.node_os_channel", None),
        ('sku_tier = "Paid"', "upkeep.tier", "Standard"),
        ("maintenance_window_node_os {}\nmaintenance_window {}", "upkeep.maintenance_windows",
         ("aksManagedNodeOSUpgradeSchedule", "default")),
        ('linux_profile {\n admin_username = "a"\n ssh_key {\n key_data = "ssh-rsa x"\n }\n}', "upkeep.ssh_keys",
         ("ssh-rsa x",)),
        ("", "identity.type", "SystemAssigned"),
        ("", "identity.service_principal", None),
        ("oidc_issuer_enabled = true\nworkload_identity_enabled = true", "identity.workload_identity", True),
        ("web_app_routing {\n dns_zone_ids = []\n}", "addons.web_app_routing_nginx", "AnnotationControlled"),
    ],
)  # fmt: skip
def test_settings(tf: Any, inside: str, path: str, expected: Any) -> None:
    cluster = tf.one(tf.write({"main.tf": tf.aks(inside)}))
    assert get(cluster, path) == expected
    assert not isinstance(get(cluster, path), Unknown)


@pytest.mark.parametrize(
    ("inside", "path", "expected"),
    [
        ('api_server_authorized_ip_ranges = ["10.0.0.0/8"]', "api_server.authorized_ranges", ("10.0.0.0/8",)),
        ("public_network_access_enabled = false", "api_server.public_network_access", "Disabled"),
        ('automatic_channel_upgrade = "stable"', "upkeep.upgrade_channel", "stable"),
        ('node_os_channel_upgrade = "SecurityPatch"', "upkeep.node_os_channel", "SecurityPatch"),
        ('network_profile {\n network_plugin = "azure"\n ebpf_data_plane = "cilium"\n}', "network.dataplane", "cilium"),
        ("azure_active_directory_role_based_access_control {\n managed = false\n}", "access.entra", False),
        ("azure_active_directory_role_based_access_control {\n managed = true\n}", "access.entra", True),
        ('azure_active_directory_role_based_access_control {\n client_app_id = "x"\n}', "access.entra_legacy_client",
         "x"),
        ("enable_pod_security_policy = true", "access.pod_security_policy", True),
        ("addon_profile {\n kube_dashboard {\n enabled = true\n }\n}", "addons.kube_dashboard", True),
    ],
)  # fmt: skip
def test_settings_of_azurerm_3(tf: Any, inside: str, path: str, expected: Any) -> None:
    assert get(tf.one(tf.write({"main.tf": tf.aks(inside, versions="~> 3.0")})), path) == expected


@pytest.mark.parametrize(
    ("versions", "issuer"),
    [("~> 3.50", False), ("~> 4.0", False), ("~> 5.0", True), (">= 4.0, < 5.0.0", False), ("= 5.1.0", True),
     ("4.20.0", False), (">= 3.0, < 5.0", False), ("< 6", Unknown()), (">= 4.0", Unknown()), ("~> 2.99", False),
     ("~> 6.0", True), ("nonsense", Unknown())],
)  # fmt: skip
def test_the_version_of_the_provider_decides_about_defaults(tf: Any, versions: str, issuer: object) -> None:
    assert get(tf.one(tf.write({"main.tf": tf.aks(versions=versions)})), "identity.oidc_issuer") == issuer


def test_a_lock_file_fixes_the_version(tf: Any) -> None:
    lock = 'provider "registry.terraform.io/hashicorp/azurerm" {\n  version = "5.2.0"\n}\n'
    folder = tf.write({"main.tf": tf.aks(versions=">= 3.0"), ".terraform.lock.hcl": lock})
    cluster = tf.one(folder)
    assert get(cluster, "identity.oidc_issuer") is True
    assert cluster.tool_version == "5.2.0"


@pytest.mark.parametrize(("version", "cost"), [("4.57.0", Cost.NEW_CLUSTER), ("4.66.0", Cost.REIMAGE)])
def test_the_version_that_is_fixed_decides_about_prices(tf: Any, version: str, cost: Cost) -> None:
    inside = 'network_profile {\n network_plugin = "azure"\n network_policy = "calico"\n}'
    cluster = tf.one(tf.write({"main.tf": tf.aks(inside, versions=version)}))
    sets = {"network.policy": "cilium", "network.dataplane": "cilium"}
    assert change(cluster, sets, tool=cluster.tool).cost is cost


def test_names_of_attributes_tell_the_version_where_nothing_else_does(tf: Any) -> None:
    folder = tf.write({"main.tf": tf.aks('automatic_upgrade_channel = "patch"', versions=">= 3.0")})
    assert get(tf.one(folder), "upkeep.node_os_channel") == "NodeImage"


POOL = """
resource "azurerm_kubernetes_cluster_node_pool" "{label}" {{
  name                  = "{label}"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.main.id
  vm_size               = "Standard_D2s_v5"
  {inside}
}}
"""


def test_one_public_pool_among_several(tf: Any) -> None:
    extra = POOL.format(label="quiet", inside="") + POOL.format(label="loud", inside="node_public_ip_enabled = true")
    cluster = tf.one(tf.write({"main.tf": tf.aks() + extra}))
    assert {name: pool.node_public_ip for name, pool in tf.pools(cluster).items()} == {
        "system": False, "quiet": False, "loud": True,
    }  # fmt: skip
    assert {name: pool.mode for name, pool in tf.pools(cluster).items()} == {
        "system": "System", "quiet": "User", "loud": "User",
    }  # fmt: skip
    text = (tf.aks() + extra).splitlines()
    assert "node_public_ip_enabled" in text[cluster.lines["pools[loud].node_public_ip"] - 1]


def test_pools_of_azurerm_3_and_their_ports(tf: Any) -> None:
    inside = """enable_host_encryption = true
      enable_auto_scaling = true
      zones = [1, 2]
      node_taints = ["a=b:NoSchedule"]
      tags = { aks-disable-kubelet-serving-certificate-rotation = "true" }
      node_network_profile {
        allowed_host_ports {
          port_start = 80
          port_end = 81
          protocol = "TCP"
        }
      }
      kubelet_config {}"""
    pool = tf.pools(tf.one(tf.write({"main.tf": tf.aks(versions="~> 3.0") + POOL.format(label="p", inside=inside)})))[
        "p"
    ]
    assert pool.host_encryption is True
    assert pool.auto_scaling is True
    assert pool.zones == ("1", "2")
    assert pool.allowed_host_ports == ("80-81/TCP",)
    assert pool.taints == ("a=b:NoSchedule",)
    assert pool.kubelet_config is True
    assert pool.kubelet_serving_rotation_disabled is True


def test_only_critical_addons_is_a_taint(tf: Any) -> None:
    text = tf.aks().replace("node_count = 3", "only_critical_addons_enabled = true")
    assert tf.pools(tf.one(tf.write({"main.tf": text})))["system"].taints == ("CriticalAddonsOnly=true:NoSchedule",)


def test_a_pool_of_another_cluster_is_told(tf: Any) -> None:
    pool = POOL.format(label="p", inside="").replace(
        "azurerm_kubernetes_cluster.main", "data.azurerm_kubernetes_cluster.x"
    )
    reading = tf.read(tf.write({"main.tf": tf.aks() + pool}))
    assert [note.what for note in reading.not_assessed] == ["azurerm_kubernetes_cluster_node_pool.p"]


def test_logs_roles_and_safeguards_that_point_to_the_cluster(tf: Any) -> None:
    others = """
    resource "azurerm_monitor_diagnostic_setting" "logs" {
      name               = "logs"
      target_resource_id = azurerm_kubernetes_cluster.main.id
      enabled_log {
        category = "kube-audit-admin"
      }
      dynamic "enabled_log" {
        for_each = toset(["guard"])
        content {
          category = enabled_log.value
        }
      }
    }
    resource "azurerm_monitor_diagnostic_setting" "of_something_else" {
      target_resource_id = azurerm_key_vault.main.id
      enabled_log {
        category = "AuditEvent"
      }
    }
    resource "azurerm_role_assignment" "pull" {
      principal_id         = azurerm_kubernetes_cluster.main.kubelet_identity[0].object_id
      role_definition_name = "AcrPull"
      scope                = azurerm_container_registry.main.id
    }
    resource "azurerm_kubernetes_cluster_deployment_safeguard" "safe" {
      kubernetes_cluster_id        = azurerm_kubernetes_cluster.main.id
      level                        = "Enforce"
      pod_security_standards_level = "Baseline"
    }
    """
    folder = tf.write({"main.tf": tf.aks(), "others.tf": others + 'resource "azurerm_key_vault" "main" {\n}\n'})
    reading = tf.read(folder)
    (cluster,) = reading.clusters
    assert cluster.protection.audit_logs == ("guard", "kube-audit-admin")
    assert cluster.access.acr_pull is True
    assert cluster.protection.safeguards_level == "Enforce"
    assert cluster.protection.pod_security_level == "Baseline"
    assert not reading.not_assessed
    assert isinstance(tf.one(tf.write({"others.tf": ""})).protection.audit_logs, Unknown)


def test_the_old_log_block_can_be_off(tf: Any) -> None:
    logs = """
    resource "azurerm_monitor_diagnostic_setting" "logs" {
      target_resource_id = azurerm_kubernetes_cluster.main.id
      log {
        category = "guard"
        enabled  = true
      }
      log {
        category = "kube-audit"
        enabled  = false
      }
    }
    """
    assert tf.one(tf.write({"main.tf": tf.aks(versions="~> 3.0") + logs})).protection.audit_logs == ("guard",)


def test_a_kubelet_identity_of_its_own_may_pull(tf: Any) -> None:
    identity = """kubelet_identity {
      client_id                 = azurerm_user_assigned_identity.kubelet.client_id
      object_id                 = azurerm_user_assigned_identity.kubelet.principal_id
      user_assigned_identity_id = azurerm_user_assigned_identity.kubelet.id
    }"""
    others = """
    resource "azurerm_user_assigned_identity" "kubelet" {
    }
    resource "azurerm_role_assignment" "pull" {
      principal_id         = azurerm_user_assigned_identity.kubelet.principal_id
      role_definition_name = "AcrPull"
    }
    """
    assert tf.one(tf.write({"main.tf": tf.aks(identity) + others})).access.acr_pull is True


def test_a_cluster_of_terraform_has_terraforms_prices(tf: Any) -> None:
    cluster = tf.one(tf.write({"main.tf": tf.aks()}))
    assert cluster.tool is Tool.TERRAFORM
    assert change(cluster, {"api_server.private": True}, tool=cluster.tool).cost is Cost.NEW_CLUSTER


def test_region_and_tags_are_as_azure_has_them(tf: Any) -> None:
    text = tf.aks("tags = { a = true, b = 1.5, c = var.u }").replace('"westeurope"', '"West Europe"')
    text += 'variable "u" {\n}\n'
    cluster = tf.one(tf.write({"main.tf": text}))
    assert (cluster.region, cluster.tags) == ("westeurope", {"a": "true", "b": "1.5"})


def test_every_setting_has_a_line(tf: Any) -> None:
    text = tf.aks(
        'network_profile {\n  network_plugin = "azure"\n  network_policy = "calico"\n}\nlocal_account_disabled = true'
    )
    cluster = tf.one(tf.write({"main.tf": text}))
    lines = text.splitlines()
    for path, expected in {
        "": "azurerm_kubernetes_cluster",
        "network.policy": "network_policy",
        "network.dataplane": "network_profile",
        "access.local_accounts_disabled": "local_account_disabled",
        "access.rbac": "azurerm_kubernetes_cluster",
        "pools[system]": "default_node_pool",
        "pools[system].count": "node_count",
    }.items():
        assert expected in lines[cluster.lines[path] - 1], path


def test_two_clusters_of_one_name_are_told_apart(tf: Any) -> None:
    text = tf.aks() + tf.aks(name="second").partition("\n\n")[2]
    names = {cluster.name for cluster in tf.read(tf.write({"main.tf": text})).clusters}
    assert names == {"azurerm_kubernetes_cluster.main", "azurerm_kubernetes_cluster.second"}
