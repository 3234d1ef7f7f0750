"""CIS Azure Kubernetes Service Benchmark."""

from __future__ import annotations

from seawall.checks.frameworks.framework import Framework, row

_NODE = "read from files and processes on the node, as kube-bench does"
_OBJECTS = "read from objects in the cluster, which this input does not hold"
_ACCOUNTS = "which service account a workload uses is not in this input"
_REGISTRY = "a setting of the registry, which this input does not hold"

CIS_AKS = Framework(
    id="cis-aks",
    title="CIS Azure Kubernetes Service Benchmark",
    version="1.8",
    source="kube-bench cfg/aks-1.8. 1.7 has the same numbers, without 4.1.7 to 4.1.12; those of 2.0 are not public",
    controls=(
        row("2.1.1", "Audit logs are enabled", "PRO-005"),
        row("3.1.1", "Permissions of the kubeconfig file", reason=_NODE),
        row("3.1.2", "Owner of the kubelet's kubeconfig file", reason=_NODE),
        row("3.1.3", "Permissions of azure.json", reason=_NODE),
        row("3.1.4", "Owner of azure.json", reason=_NODE),
        row("3.2.1", "The kubelet refuses anonymous requests", reason=_NODE),
        row("3.2.2", "The kubelet's authorization mode is not AlwaysAllow", reason=_NODE),
        row("3.2.3", "The kubelet has a client CA file", reason=_NODE),
        row("3.2.4", "The kubelet's read-only port is secured", reason=_NODE),
        row("3.2.5", "Idle streaming connections time out", reason=_NODE),
        row("3.2.6", "The kubelet may make iptables chains", reason=_NODE),
        row("3.2.7", "The kubelet captures enough events", reason=_NODE),
        row("3.2.8", "The kubelet rotates its client certificates", reason=_NODE),
        row("3.2.9", "The kubelet rotates its serving certificate", "POOL-015"),
        row("4.1.1", "The cluster-admin role is used only where required", reason=_OBJECTS),
        row("4.1.2", "Access to secrets is minimal", reason=_OBJECTS),
        row("4.1.3", "Roles use no wildcards", reason=_OBJECTS),
        row("4.1.4", "Access to create pods is minimal", reason=_OBJECTS),
        row("4.1.5", "Default service accounts are not used", reason=_OBJECTS),
        row("4.1.6", "Service account tokens are mounted only where needed", reason=_OBJECTS),
        row("4.1.7", "Bind, impersonate and escalate are limited", reason=_OBJECTS),
        row("4.1.8", "Access to create persistent volumes is minimal", reason=_OBJECTS),
        row("4.1.9", "Access to the proxy of nodes is minimal", reason=_OBJECTS),
        row("4.1.10", "Access to approve certificate requests is minimal", reason=_OBJECTS),
        row("4.1.11", "Access to webhook configurations is minimal", reason=_OBJECTS),
        row("4.1.12", "Access to create service account tokens is minimal", reason=_OBJECTS),
        row("4.2.1", "Privileged containers are refused", "PRO-010 PRO-011"),
        row("4.2.2", "Containers that share the host's processes are refused", "PRO-010 PRO-011"),
        row("4.2.3", "Containers that share the host's IPC are refused", "PRO-010 PRO-011"),
        row("4.2.4", "Containers that share the host's network are refused", "PRO-010 PRO-011"),
        row(
            "4.2.5",
            "Containers that can raise their privileges are refused",
            "PRO-010 PRO-011",
            reason="needs the level Restricted, which is not told from Baseline here",
        ),
        row("4.4.1", "The CNI plugin is current", reason="AKS keeps it current; no input names its version"),
        row("4.4.2", "All namespaces have network policies", reason=_OBJECTS),
        row("4.5.1", "Secrets are files, not environment variables", reason=_OBJECTS),
        row("4.5.2", "External secret storage is considered", "ADD-004"),
        row("4.6.1", "Namespaces separate resources", reason=_OBJECTS),
        row("4.6.2", "Pods and containers have a security context", reason=_OBJECTS),
        row("4.6.3", "The default namespace is not used", reason=_OBJECTS),
        row("5.1.1", "Images are scanned", reason="a setting of the subscription, or a scanner such as `seawall scan`"),
        row("5.1.2", "User access to the registry is minimal", reason=_REGISTRY),
        row("5.1.3", "The cluster may only pull from the registry", "ACC-011", reason="other roles are not looked at"),
        row(
            "5.1.4",
            "Only approved registries are used",
            reason="an Azure Policy assignment, which this input does not hold",
        ),
        row("5.2.1", "Workloads have identities of their own", "IDN-003 IDN-004", reason=_ACCOUNTS),
        row("5.3.1", "Kubernetes secrets are encrypted", "PRO-003"),
        row("5.4.1", "Access to the control plane endpoint is restricted", "API-001 API-002"),
        row("5.4.2", "The endpoint is private, and public access disabled", "API-003 API-008 API-011"),
        row("5.4.3", "Nodes are private", "POOL-001"),
        row("5.4.4", "Network policy is enabled and set as appropriate", "NET-002 NET-003 NET-004"),
        row("5.4.5", "Load balancers of HTTPS traffic use TLS certificates", reason=_OBJECTS),
        row("5.5.1", "Users are managed with Entra ID", "ACC-002 ACC-004 ACC-005"),
        row("5.5.2", "Azure RBAC authorizes Kubernetes requests", "ACC-003 ACC-008"),
    ),
)
