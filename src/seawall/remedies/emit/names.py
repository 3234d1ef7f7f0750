"""Names of resources that are made for a cluster, and what two formats ask of it alike."""

from __future__ import annotations

import re

from seawall.model import Cluster

_LONGEST = 44
"""Of a data collection endpoint, and of an Azure Monitor workspace: letters, digits and hyphens."""


def monitor(what: str, cluster: str) -> str:
    """A name for what Azure Monitor keeps of the cluster."""
    return re.sub(r"[^A-Za-z0-9-]", "-", f"{what}-{cluster}")[:_LONGEST].rstrip("-")


def vault_is_private(cluster: Cluster) -> bool:
    """Whether the API server, being in the network, reaches a vault that is closed to the public.

    https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption: private vaults need API server VNet integration.
    """
    return cluster.api_server.vnet_integration is True
