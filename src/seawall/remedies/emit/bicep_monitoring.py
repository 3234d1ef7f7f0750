"""Where metrics and the logs of containers go, in Bicep: without a rule that says so, the agents send nothing.

Rules and links as https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.model import Cluster
from seawall.remedies.emit.names import monitor


def collecting(cluster: Cluster) -> Iterator[str]:
    """The rules of what the cluster has on, tied to it; `metricsId` and `workspaceId` say where things go."""
    if cluster.addons.managed_prometheus is True:
        yield _METRICS.replace("NAME", monitor("metrics", cluster.name))
    if cluster.addons.container_insights is True:
        yield _LOGS.replace("NAME", monitor("logs", cluster.name))


_METRICS = """
// Managed Prometheus: the agents send what this rule names, to the Azure Monitor workspace.
resource metricsEndpoint 'Microsoft.Insights/dataCollectionEndpoints@2022-06-01' = {
  name: 'NAME'
  location: location
  kind: 'Linux'
  properties: {}
}

resource metricsRule 'Microsoft.Insights/dataCollectionRules@2022-06-01' = {
  name: 'NAME'
  location: location
  kind: 'Linux'
  properties: {
    dataCollectionEndpointId: metricsEndpoint.id
    dataSources: {
      prometheusForwarder: [{ name: 'prometheus', streams: ['Microsoft-PrometheusMetrics'], labelIncludeFilter: {} }]
    }
    destinations: { monitoringAccounts: [{ name: 'metrics', accountResourceId: metricsId }] }
    dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['metrics'] }]
  }
}

resource metricsLink 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  name: 'metrics'
  scope: cluster
  properties: { dataCollectionRuleId: metricsRule.id }
}
"""

_LOGS = """
// Container insights: the same, to the Log Analytics workspace, which must be in this region.
resource logsRule 'Microsoft.Insights/dataCollectionRules@2022-06-01' = {
  name: 'NAME'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerInsights-Group-Default']
          extensionSettings: {
            dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true }
          }
        }
      ]
    }
    destinations: { logAnalytics: [{ name: 'logs', workspaceResourceId: workspaceId }] }
    dataFlows: [{ streams: ['Microsoft-ContainerInsights-Group-Default'], destinations: ['logs'] }]
  }
}

resource logsLink 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  name: 'ContainerInsightsExtension'
  scope: cluster
  properties: { dataCollectionRuleId: logsRule.id }
}
"""
