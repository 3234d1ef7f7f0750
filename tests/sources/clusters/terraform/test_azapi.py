"""Clusters that azapi makes, and what it changes in clusters of azurerm."""

from __future__ import annotations

from typing import Any

import pytest

from seawall.model import Tool, Unknown

AKS = """
resource "azapi_resource" "aks" {
  type      = "Microsoft.ContainerService/managedClusters@2025-05-01"
  name      = "prod"
  location  = "westeurope"
  parent_id = azurerm_resource_group.rg.id
  identity {
    type = "SystemAssigned"
  }
  tags = { env = "prod" }
  body = BODY
}
"""
BODY = """{
    properties = {
      disableLocalAccounts = var.local
      networkProfile = {
        networkPolicy = "cilium"
      }
      agentPoolProfiles = [
        { name = "system", mode = "System", enableNodePublicIP = true }
      ]
    }
  }"""


@pytest.mark.parametrize("body", [BODY, f"jsonencode({BODY})"])
def test_a_cluster_with_its_body(tf: Any, body: str) -> None:
    text = AKS.replace("BODY", body) + 'variable "local" {\n  default = true\n}\n'
    cluster = tf.one(tf.write({"main.tf": text}))
    assert (cluster.name, cluster.region, cluster.tags) == ("prod", "westeurope", {"env": "prod"})
    assert cluster.access.local_accounts_disabled is True
    assert cluster.network.policy == "cilium"
    assert cluster.identity.type == "SystemAssigned"
    assert tf.pools(cluster)["system"].node_public_ip is True
    assert cluster.tool is Tool.AZ, "azapi puts what ARM takes: nothing is replaced"
    assert "disableLocalAccounts" in text.splitlines()[cluster.lines["access.local_accounts_disabled"] - 1]
    assert "enableNodePublicIP" in text.splitlines()[cluster.lines["pools[system].node_public_ip"] - 1]


@pytest.mark.parametrize("body", [BODY, f"jsonencode({BODY})"])
def test_an_unknown_part_leaves_the_rest_known(tf: Any, body: str) -> None:
    cluster = tf.one(tf.write({"main.tf": AKS.replace("BODY", body) + 'variable "local" {\n}\n'}))
    assert isinstance(cluster.access.local_accounts_disabled, Unknown)
    assert cluster.network.policy == "cilium"


def test_pools_and_logs_of_their_own(tf: Any) -> None:
    others = """
    resource "azapi_resource" "pool" {
      type      = "Microsoft.ContainerService/managedClusters/agentPools@2025-05-01"
      name      = "user"
      parent_id = azapi_resource.aks.id
      body = { properties = { mode = "User", enableEncryptionAtHost = true } }
    }
    resource "azurerm_monitor_diagnostic_setting" "logs" {
      target_resource_id = azapi_resource.aks.id
      enabled_log {
        category = "guard"
      }
    }
    """
    body = BODY.replace("var.local", "true")
    reading = tf.read(tf.write({"main.tf": AKS.replace("BODY", body) + others}))
    (cluster,) = reading.clusters
    assert tf.pools(cluster)["user"].host_encryption is True
    assert cluster.protection.audit_logs == ("guard",)


def test_an_update_of_a_cluster_of_azurerm(tf: Any) -> None:
    update = """
    locals {
      version = uuid()
    }
    resource "azapi_update_resource" "after" {
      type        = "Microsoft.ContainerService/managedClusters@${local.version}"
      resource_id = azurerm_kubernetes_cluster.main.id
      body = {
        properties = {
          kubernetesVersion        = "1.35"
          nodeResourceGroupProfile = { restrictionLevel = "ReadOnly" }
        }
      }
    }
    resource "azapi_update_resource" "pool" {
      type        = "Microsoft.ContainerService/managedClusters/agentPools@2025-05-01"
      resource_id = "${azurerm_kubernetes_cluster.main.id}/agentPools/system"
      body        = { properties = { securityProfile = { sshAccess = "Disabled" } } }
    }
    """
    cluster = tf.one(tf.write({"main.tf": tf.aks() + update}))
    assert cluster.upkeep.kubernetes_version == "1.35"
    assert cluster.protection.node_resource_group_restriction == "ReadOnly"
    assert tf.pools(cluster)["system"].ssh_access == "Disabled"
    assert cluster.tool is Tool.TERRAFORM


def test_an_update_that_names_no_cluster_here_is_told(tf: Any) -> None:
    update = """
    resource "azapi_update_resource" "other" {
      type        = "Microsoft.ContainerService/managedClusters@2025-05-01"
      resource_id = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks"
      body        = { properties = { disableLocalAccounts = false } }
    }
    """
    reading = tf.read(tf.write({"main.tf": tf.aks() + update}))
    assert ("azapi_update_resource.other", "the cluster that it changes is not read") in {
        (note.what, note.why) for note in reading.not_assessed
    }


def test_an_automatic_cluster_of_azurerm(tf: Any) -> None:
    text = """
    resource "azurerm_kubernetes_automatic_cluster" "main" {
      name     = "auto"
      location = "westeurope"
      identity {
        type = "UserAssigned"
      }
      api_server_access {
        authorized_ip_ranges = ["0.0.0.0/0"]
      }
    }
    resource "azurerm_kubernetes_automatic_cluster" "private" {
      name     = "private"
      private_cluster {
        private_dns_zone_id = "System"
      }
    }
    """
    reading = tf.read(tf.write({"main.tf": text}))
    auto, private = reading.clusters
    assert (auto.name, auto.upkeep.sku, auto.identity.type) == ("auto", "Automatic", "UserAssigned")
    assert auto.api_server.authorized_ranges == ("0.0.0.0/0",)
    assert auto.lines["api_server.authorized_ranges"] == 9
    assert auto.api_server.private is False
    assert private.api_server.private is True
    assert private.api_server.private_dns_zone == "system"
    assert private.api_server.authorized_ranges == ()
    assert isinstance(auto.network.policy, Unknown), "AKS Automatic sets it by itself"
