"""A resource as Terraform would make it, from a configuration or from a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from seawall.model import NotAssessed, Unknown

Path = tuple[str | int, ...]

CLUSTER = "azurerm_kubernetes_cluster"
POOL = "azurerm_kubernetes_cluster_node_pool"
DIAGNOSTIC = "azurerm_monitor_diagnostic_setting"
ROLE = "azurerm_role_assignment"
SAFEGUARD = "azurerm_kubernetes_cluster_deployment_safeguard"
AUTOMATIC = "azurerm_kubernetes_automatic_cluster"
AZAPI = "azapi_resource"
AZAPI_UPDATE = "azapi_update_resource"

KINDS = frozenset({CLUSTER, POOL, DIAGNOSTIC, ROLE, SAFEGUARD, AUTOMATIC, AZAPI, AZAPI_UPDATE})
"""The resources that say something about a cluster."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One instance of a resource.

    `address` is Terraform's (`module.aks[0].azurerm_kubernetes_cluster.main`). `values` are its attributes; a block is
    a list of objects; any part may be `Unknown`. `lines` maps a path in the values to its line in `file`, `()` is the
    resource. `broken` is set where a part of it could not be read, `condition` where it is unknown whether it is made.
    `majors` are the major versions of azurerm that may make it, `version` the whole one where it is fixed.
    """

    kind: str
    address: str
    values: dict[str, Any]
    file: str
    lines: Mapping[Path, int] = {}
    broken: Unknown | None = None
    condition: Unknown | None = None
    majors: frozenset[int]
    version: str = ""

    @property
    def line(self) -> int:
        """The line of the resource, 0 where none is known."""
        return self.lines.get((), 0)


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """The resources of one configuration with one set of values, or of one plan; `environment` names the set."""

    resources: tuple[Resource, ...]
    not_assessed: tuple[NotAssessed, ...] = ()
    environment: str = ""
