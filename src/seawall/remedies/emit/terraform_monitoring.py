"""Where metrics and the logs of containers go, in Terraform: without a rule that says so, the agents send nothing.

Rules and links as https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seawall.model import Cluster
from seawall.remedies.emit.hcl import Raw, Resource
from seawall.remedies.emit.names import monitor
from seawall.remedies.emit.terraform_place import CLUSTER

_RULE = "azurerm_monitor_data_collection_rule"
_METRICS = ["Microsoft-PrometheusMetrics"]
_LOGS = ["Microsoft-ContainerInsights-Group-Default"]
_SETTINGS = 'interval = "1m", namespaceFilteringMode = "Off", enableContainerLogV2 = true'


def collecting(cluster: Cluster, place: Mapping[str, Any], workspace: str, metrics: str) -> Iterator[Resource]:
    """The rules of what the cluster has on, tied to it; `workspace` and `metrics` are ids of where things go."""
    if cluster.addons.managed_prometheus is True:
        name = monitor("metrics", cluster.name)
        yield "azurerm_monitor_data_collection_endpoint", "metrics", {"name": name, **place, "kind": "Linux"}
        rule = {
            "name": name,
            **place,
            "kind": "Linux",
            "data_collection_endpoint_id": Raw("azurerm_monitor_data_collection_endpoint.metrics.id"),
            "data_sources": {"prometheus_forwarder": {"name": "prometheus", "streams": _METRICS}},
            "destinations": {"monitor_account": {"name": "metrics", "monitor_account_id": metrics}},
            "data_flow": {"streams": _METRICS, "destinations": ["metrics"]},
        }
        yield _RULE, "metrics", rule
        yield _link("metrics", "metrics")
    if cluster.addons.container_insights is True:
        source = {
            "name": "ContainerInsightsExtension",
            "extension_name": "ContainerInsights",
            "streams": _LOGS,
            "extension_json": Raw(f"jsonencode({{ dataCollectionSettings = {{ {_SETTINGS} }} }})"),
        }
        rule = {
            "name": monitor("logs", cluster.name),
            **place,
            "kind": "Linux",
            "data_sources": {"extension": source},
            "destinations": {"log_analytics": {"name": "logs", "workspace_resource_id": workspace}},
            "data_flow": {"streams": _LOGS, "destinations": ["logs"]},
        }
        yield _RULE, "logs", rule
        yield _link("logs", "ContainerInsightsExtension")


def _link(name: str, label: str) -> Resource:
    body = {"name": label, "target_resource_id": CLUSTER, "data_collection_rule_id": Raw(f"{_RULE}.{name}.id")}
    return "azurerm_monitor_data_collection_rule_association", name, body
