"""Terraform written into a folder that is a repository of its own, and read."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from seawall.model import Cluster, Pool
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import terraform
from seawall.sources.clusters.reading import Reading


class Workshop:
    """Where tests write Terraform and have it read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir()

    def write(self, files: dict[str, str], below: str = "") -> Path:
        """Write files, by name, into a folder below the root, and give the folder."""
        for name, text in files.items():
            path = self.root / below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        return self.root / below

    def read(self, folder: Path, limits: Limits = DEFAULT) -> Reading:
        """The one reading of a folder."""
        (reading,) = terraform.read_folder(folder, limits)
        return reading

    def one(self, folder: Path) -> Cluster:
        """The one cluster of a folder."""
        (cluster,) = self.read(folder).clusters
        return cluster

    def pools(self, cluster: Cluster) -> dict[str, Pool]:
        """The node pools by name."""
        assert isinstance(cluster.pools, tuple)
        return {pool.name: pool for pool in cluster.pools}

    def aks(self, inside: str = "", name: str = "main", versions: str = "~> 4.0") -> str:
        """A configuration with one cluster of azurerm, and `inside` in its block."""
        return f"""\
terraform {{
  required_providers {{
    azurerm = {{ source = "hashicorp/azurerm", version = "{versions}" }}
  }}
}}

resource "azurerm_kubernetes_cluster" "{name}" {{
  name                = "prod"
  location            = "westeurope"
  resource_group_name = "rg"
  dns_prefix          = "prod"
  default_node_pool {{
    name       = "system"
    vm_size    = "Standard_D2s_v5"
    node_count = 3
  }}
  identity {{
    type = "SystemAssigned"
  }}
{dedent(inside)}
}}
"""


@pytest.fixture
def tf(tmp_path: Path) -> Any:
    return Workshop(tmp_path)
