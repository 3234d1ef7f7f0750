"""Which checks of ours answer which rules of others, and why an answer differs where it does."""

from __future__ import annotations

ASKED = {
    "Azure.AKS.AuditLogs": ("AKS-PRO-005", "AKS-PRO-006"),
    "Azure.AKS.AuthorizedIPs": ("AKS-API-001", "AKS-API-002"),
    "Azure.AKS.AutoUpgrade": ("AKS-UPK-003",),
    "Azure.AKS.AvailabilityZone": ("AKS-POOL-010",),
    "Azure.AKS.AzurePolicyAddOn": ("AKS-ADD-001",),
    "Azure.AKS.AzureRBAC": ("AKS-ACC-003",),
    "Azure.AKS.ContainerInsights": ("AKS-ADD-008",),
    "Azure.AKS.DefenderProfile": ("AKS-PRO-001",),
    "Azure.AKS.HttpAppRouting": ("AKS-ADD-002",),
    "Azure.AKS.LocalAccounts": ("AKS-ACC-004",),
    "Azure.AKS.MaintenanceWindow": ("AKS-UPK-007",),
    "Azure.AKS.ManagedAAD": ("AKS-ACC-002",),
    "Azure.AKS.ManagedIdentity": ("AKS-IDN-001",),
    "Azure.AKS.NetworkPolicy": ("AKS-NET-003",),
    "Azure.AKS.NodeAutoUpgrade": ("AKS-UPK-004",),
    "Azure.AKS.PoolScaleSet": ("AKS-POOL-003",),
    "Azure.AKS.SecretStore": ("AKS-ADD-004",),
    "Azure.AKS.SecretStoreRotation": ("AKS-ADD-005",),
    "Azure.AKS.StandardLB": ("AKS-NET-005",),
    "Azure.AKS.UseRBAC": ("AKS-ACC-001",),
    "Azure.AKS.Version": ("AKS-UPK-001",),
    "CKV_AZURE_141": ("AKS-ACC-004",),
    "CKV_AZURE_143": ("AKS-POOL-001",),
    "CKV_AZURE_169": ("AKS-POOL-003",),
    "CKV_AZURE_170": ("AKS-UPK-006",),
    "CKV_AZURE_171": ("AKS-UPK-003",),
    "CKV_AZURE_172": ("AKS-ADD-005",),
    "CKV_AZURE_226": ("AKS-POOL-013",),
    "CKV_AZURE_227": ("AKS-POOL-002",),
    "CKV_AZURE_232": ("AKS-POOL-011",),
    "CKV_AZURE_246": ("AKS-ADD-002",),
    "CKV_AZURE_4": ("AKS-ADD-008",),
    "CKV_AZURE_5": ("AKS-ACC-001",),
    "CKV_AZURE_6": ("AKS-API-001", "AKS-API-002"),
    "CKV_AZURE_7": ("AKS-NET-003",),
    "CKV_AZURE_8": ("AKS-ADD-003",),
}
"""A rule fails where one of these checks fails, and passes where all of them do."""

NOT_ASKED = {
    "Azure.AKS.AuditAdmin": "Is kube-audit-admin kept instead of kube-audit? A matter of cost: either is an audit log.",
    "Azure.AKS.AutoScaling": "Does every pool scale by itself? A matter of capacity.",
    "Azure.AKS.CNISubnetSize": "Has the subnet room for more nodes? A matter of capacity.",
    "Azure.AKS.MinNodeCount": "Are there three nodes in all? We ask after system pools of one (AKS-POOL-012).",
    "Azure.AKS.MinUserPoolNodes": "Has every user pool three nodes? A matter of availability.",
    "Azure.AKS.NodeMinPods": "Has a node room for 50 pods? A matter of capacity.",
    "Azure.AKS.PlatformLogs": "Are the logs of the control plane's own parts kept? We ask for those of access.",
    "Azure.AKS.PoolVersion": "Have all pools the version of the control plane? We ask what is unsupported or refused.",
    "CKV_AZURE_168": "Has a node room for 50 pods? A matter of capacity.",
}
"""What a rule asks, and why we do not."""

_SEPARATE = "unknown on purpose: a separate resource, which the input does not hold; absent there is not off"
_TEXT = "unknown on purpose: the file has a text where the properties should be, so it says nothing of them"

REASONS = {
    ("Azure.AKS.AuditLogs", "fail", "unknown"): _SEPARATE,
    ("Azure.AKS.AvailabilityZone", "pass", "fail"): (
        "they do not ask of availability sets, nor of regions that have no zones in their table; we say so at info"
    ),
    ("Azure.AKS.MaintenanceWindow", "fail", "pass"): (
        "they want a window for Kubernetes and one for the nodes; we ask whether any says when AKS may work"
    ),
    ("Azure.AKS.MaintenanceWindow", "fail", "unknown"): _SEPARATE,
    ("Azure.AKS.NodeAutoUpgrade", "fail", "unknown"): (
        "unknown on purpose: older API versions do not return the channel, and its default is NodeImage by now"
    ),
    ("Azure.AKS.UseRBAC", "fail", "unknown"): (
        "unknown on purpose: the API returns the property for every cluster, so an export without it says nothing"
    ),
    ("Azure.AKS.Version", "pass", "fail"): (
        "they compare with the oldest version that a table of theirs allows; Kubernetes 1.33 left standard support at "
        "the end of July 2026"
    ),
    ("Azure.AKS.Version", "pass", "unknown"): "unknown on purpose: 9.99.9 is newer than any version that there is",
    ("CKV_AZURE_169", "pass", "unknown"): "unknown on purpose: the template leaves the type of the pool to Azure",
    ("CKV_AZURE_172", "fail", "pass"): (
        "the Key Vault provider is off there, so nothing is mounted that could be rotated; AKS-ADD-004 says so"
    ),
    ("CKV_AZURE_226", "fail", "unknown"): "unknown on purpose: the default depends on the size of the machine",
    ("CKV_AZURE_232", "fail", "unknown"): "unknown on purpose: the configuration names no node pool",
    ("CKV_AZURE_4", "fail", "unknown"): "unknown on purpose: a parameter without a default decides it",
    ("CKV_AZURE_5", "fail", "pass"): "absent is on: Kubernetes RBAC is off only where it is switched off",
    ("CKV_AZURE_5", "fail", "unknown"): _TEXT,
    ("CKV_AZURE_6", "fail", "unknown"): _TEXT,
    ("CKV_AZURE_6", "pass", "fail"): (
        "the ranges are in a property of previews of 2019, which later API versions do not have"
    ),
    ("CKV_AZURE_7", "fail", "unknown"): (
        "unknown on purpose: no network plugin is named, and a cluster may bring its own; or properties is a text"
    ),
    ("CKV_AZURE_8", "fail", "pass"): "absent is off: AKS has not installed the dashboard since Kubernetes 1.19",
    ("CKV_AZURE_8", "fail", "unknown"): _TEXT,
}
"""By rule, their verdict and ours: why they differ."""
