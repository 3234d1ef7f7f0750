"""Every call that is made to Azure, with the permission that it needs, which `deploy/azure-role.json` grants.

Permissions: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seawall.sources.clusters.attached import ACR_PULL


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call that reads. `{scope}` in `path` is the id of what it is asked of; `noun` names what it answers.

    `none` are the error codes that say that there is nothing, rather than that something is wrong.
    """

    noun: str
    path: str
    version: str
    action: str
    method: str = "GET"
    none: frozenset[str] = frozenset()


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A question to Azure Resource Graph, which answers with what `action` lets the caller see."""

    noun: str
    kql: str
    action: str
    options: Mapping[str, str] = {}


SUBSCRIPTIONS = Call(
    noun="subscriptions",
    path="/subscriptions",
    version="2022-12-01",
    action="Microsoft.Resources/subscriptions/read",
)

DESCENDANTS = Call(
    noun="subscriptions",
    path="{scope}/descendants",
    version="2020-05-01",
    action="Microsoft.Management/managementGroups/descendants/read",
)

CLUSTERS = Call(
    noun="managedClusters",
    path="{scope}/providers/Microsoft.ContainerService/managedClusters",
    version="2026-05-01",
    action="Microsoft.ContainerService/managedClusters/read",
    # a subscription that never used AKS: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider
    none=frozenset({"MissingSubscriptionRegistration", "SubscriptionNotRegistered"}),
)

CLUSTER = msgspec.structs.replace(CLUSTERS, path="{scope}", none=frozenset())

GRAPH = Call(
    noun="Azure Resource Graph",
    path="/providers/Microsoft.ResourceGraph/resources",
    version="2022-10-01",
    action="Microsoft.ResourceGraph/resources/read",
    method="POST",  # the question is in the body; it changes nothing
)

DIAGNOSTIC_SETTINGS = Call(
    noun="diagnosticSettings",
    path="{scope}/providers/Microsoft.Insights/diagnosticSettings",
    version="2021-05-01-preview",  # the newest there is
    action="Microsoft.Insights/diagnosticSettings/read",
)

MAINTENANCE_CONFIGURATIONS = Call(
    noun="maintenanceConfigurations",
    path="{scope}/maintenanceConfigurations",
    version="2026-05-01",
    action="Microsoft.ContainerService/managedClusters/maintenanceConfigurations/read",
)

DEPLOYMENT_SAFEGUARDS = Call(
    noun="deploymentSafeguards",
    path="{scope}/providers/Microsoft.ContainerService/deploymentSafeguards",
    version="2025-07-01",
    action="Microsoft.ContainerService/deploymentSafeguards/read",
)

OF_A_CLUSTER = (DIAGNOSTIC_SETTINGS, MAINTENANCE_CONFIGURATIONS, DEPLOYMENT_SAFEGUARDS)
"""Resources that hold settings of a cluster, asked for one cluster at a time."""

CALLS = (SUBSCRIPTIONS, DESCENDANTS, CLUSTERS, CLUSTER, GRAPH, *OF_A_CLUSTER)

# `order by id` makes the pages of an answer fit together; a text column (`id`) makes it have pages at all
FLEET = Query(
    noun="clusters that no list shows",
    kql="resources | where type =~ 'microsoft.containerservice/managedclusters' | project id | order by id asc",
    action=CLUSTER.action,
)

ACR_PULLS = Query(
    noun="roleAssignments of kubelets",
    kql="authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"
    f" | where tostring(properties.roleDefinitionId) endswith '{ACR_PULL}'"
    " | project id, name, type, properties | order by id asc",
    action="Microsoft.Authorization/roleAssignments/read",
    # a role may be assigned on a management group, and hold for all below it
    options={"authorizationScopeFilter": "AtScopeAboveAndBelow"},
)

QUERIES = (FLEET, ACR_PULLS)
