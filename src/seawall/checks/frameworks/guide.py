"""The practices of the guide of 2020 to securing AKS, as they are decided today."""

from __future__ import annotations

from seawall.checks.frameworks.framework import Framework, row

GUIDE = Framework(
    id="guide",
    title="Practices for securing AKS, from cluster to image",
    version="2020, brought up to 2026",
    source="the guide's practices; what it says of changes after creation was brought up to date",
    controls=(
        row(
            "access", "Kubernetes RBAC with Entra ID decides who may do what", "ACC-001 ACC-002 ACC-003 ACC-004 ACC-005"
        ),
        row(
            "network-policy",
            "A network policy engine is on, and fits the network plugin",
            "NET-001 NET-002 NET-003 NET-004",
        ),
        row("private-api", "The API server is private, or admits named addresses only", "API-001 API-002 API-003"),
        row("sameness", "Development, staging and production have the same settings", "FLT-001 FLT-002 FLT-004"),
        row("identity", "The cluster and its workloads have managed identities", "IDN-001 IDN-003 IDN-004"),
        row("secrets", "Secrets are encrypted and kept outside of the cluster", "ADD-004 PRO-003"),
        row(
            "upgrades",
            "Kubernetes and the nodes are supported and patched",
            "POOL-004 POOL-008 UPK-001 UPK-003 UPK-004",
        ),
        row("admission", "Unsafe pods and images are refused", "ADD-001 PRO-010 PRO-011"),
        row("watching", "Somebody sees what happens in the cluster", "PRO-001 PRO-005"),
        row("vulnerabilities", "Images have no known vulnerabilities", images=True),
        row(
            "minimal-images", "Images hold only what they need", reason="what a program needs is not told by its image"
        ),
        row(
            "pipeline",
            "Images are scanned before they are pushed",
            reason="a matter of the pipeline: run Seawall in it",
        ),
    ),
)
