"""A Bicep and a Terraform file of 2,000 lines, and a fleet of 1,000 clusters."""

from __future__ import annotations

import json
import random
from pathlib import Path

from corpus.layer import WORK

EXAMPLE = Path(__file__).parents[2] / "examples/contoso"


def templates() -> dict[str, Path]:
    """A Bicep and a Terraform file of some 2,000 lines each: the example's settings, cluster after cluster."""
    bicep = """
resource aks{n} 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'aks-{n}-${{environment}}'
  location: location
  identity: {{
    type: 'SystemAssigned'
  }}
  properties: {{
    dnsPrefix: 'aks-{n}'
    enableRBAC: true
    disableLocalAccounts: {n} % 3 != 0
    aadProfile: {{
      managed: true
      enableAzureRBAC: true
    }}
    networkProfile: {{
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkPolicy: policy
      networkDataplane: 'cilium'
      loadBalancerSku: 'standard'
    }}
    agentPoolProfiles: [for pool in pools: {{
      name: pool
      mode: 'System'
      count: 3
      vmSize: 'Standard_D4ds_v5'
      enableEncryptionAtHost: true
    }}]
  }}
}}
"""
    terraform = """
resource "azurerm_kubernetes_cluster" "aks{n}" {{
  name                              = "aks-{n}-${{var.environment}}"
  location                          = var.location
  resource_group_name               = "shop"
  dns_prefix                        = "aks-{n}"
  role_based_access_control_enabled = true
  local_account_disabled            = {n} % 3 != 0
  identity {{
    type = "SystemAssigned"
  }}
  azure_active_directory_role_based_access_control {{
    azure_rbac_enabled = true
  }}
  network_profile {{
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = var.policy
    network_data_plane  = "cilium"
    load_balancer_sku   = "standard"
  }}
  default_node_pool {{
    name                    = "system"
    node_count              = 3
    vm_size                 = "Standard_D4ds_v5"
    host_encryption_enabled = true
  }}
}}
"""
    heads = {
        "bicep": "param environment string = 'prod'\nparam location string = 'westeurope'\n"
        "param policy string = 'cilium'\nparam pools array = [ 'system' ]\n",
        "tf": 'variable "environment" {\n  default = "prod"\n}\nvariable "location" {\n  default = "westeurope"\n}\n'
        'variable "policy" {\n  default = "cilium"\n}\n',
    }
    written = {}
    for ending, body in (("bicep", bicep), ("tf", terraform)):
        text = heads[ending] + "".join(body.format(n=number) for number in range(2000 // body.count("\n")))
        written[ending] = WORK / ending / f"main.{ending}"
        written[ending].parent.mkdir(parents=True, exist_ok=True)
        written[ending].write_text(text)
    return written


def fleet(count: int = 1000) -> Path:
    """One file as `az aks list` prints it, of `count` clusters that differ in some settings."""
    target = WORK / f"fleet-{count}.json"
    if target.is_file():
        return target
    models = [json.loads(path.read_text()) for path in sorted(EXAMPLE.glob("clusters/*.json"))]
    chance = random.Random(1)
    listed = []
    for number in range(count):
        cluster = json.loads(json.dumps(chance.choice(models)))
        environment = cluster["tags"]["environment"]
        name = f"app{number // 3:03}-{environment}-{number % 3}"
        cluster["id"] = cluster["id"].replace(cluster["name"], name)  # clusters of one id are one cluster
        cluster["name"] = name
        cluster["tags"]["application"] = f"app{number // 3:03}"
        cluster["disableLocalAccounts"] = chance.random() > 0.1
        cluster["networkProfile"]["networkPolicy"] = chance.choice(["cilium", "cilium", "calico", "azure", None])
        listed.append(cluster)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(listed, indent=2))
    return target
