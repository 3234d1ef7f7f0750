"""Microsoft cloud security benchmark, as its security baseline for AKS applies it."""

from __future__ import annotations

from seawall.checks.frameworks.framework import Framework, row

_NOT_APPLICABLE = "Microsoft's baseline for AKS says that it does not apply"
_ELSEWHERE = "a setting of another resource, which this input does not hold"

MCSB = Framework(
    id="mcsb",
    title="Microsoft cloud security benchmark, baseline for Azure Kubernetes Service",
    version="v1 (baseline v3)",
    source="SecurityBenchmarks, Azure Offer Security Baselines 3.0",
    controls=(
        row("AM-2", "Use only approved services", "ADD-001", reason="the policies that are assigned are not looked at"),
        row("AM-5", "Use only approved applications in virtual machine", reason=_NOT_APPLICABLE),
        row("BR-1", "Ensure regular automated backups", reason=_ELSEWHERE),
        row("DP-1", "Discover, classify, and label sensitive data", reason=_NOT_APPLICABLE),
        row("DP-2", "Monitor anomalies and threats targeting sensitive data", "NET-009 PRO-001"),
        row("DP-3", "Encrypt sensitive data in transit", "NET-007", reason="TLS of the workloads is not looked at"),
        row("DP-4", "Enable data at rest encryption by default", "POOL-002 PRO-003"),
        row("DP-5", "Use customer-managed key option in data at rest encryption when required", "PRO-012"),
        row("DP-6", "Use a secure key management process", "PRO-003", reason="rotation of the key is not looked at"),
        row("DP-7", "Use a secure certificate management process", reason=_ELSEWHERE),
        row("ES-1", "Use Endpoint Detection and Response (EDR)", reason=_NOT_APPLICABLE),
        row("ES-2", "Use modern anti-malware software", reason=_NOT_APPLICABLE),
        row("ES-3", "Ensure anti-malware software and signatures are updated", reason=_NOT_APPLICABLE),
        row("IM-1", "Use centralized identity and authentication system", "ACC-002 ACC-004 ACC-005 ACC-009"),
        row("IM-3", "Manage application identities securely and automatically", "IDN-001 IDN-003 IDN-004"),
        row(
            "IM-7",
            "Restrict resource access based on conditions",
            "ACC-002",
            reason="conditional access is a setting of Entra ID",
        ),
        row("IM-8", "Restrict the exposure of credential and secrets", "ADD-004 ADD-005 NET-019"),
        row("LT-1", "Enable threat detection capabilities", "PRO-001"),
        row("LT-4", "Enable network logging for security investigation", "PRO-005 PRO-006"),
        row("NS-1", "Establish network segmentation boundaries", "NET-003 NET-004 NET-011"),
        row("NS-2", "Secure cloud services with network controls", "API-001 API-002 API-003 API-008 API-011 POOL-001"),
        row("PA-1", "Separate and limit highly privileged/administrative users", "ACC-004 ACC-007"),
        row("PA-7", "Follow just enough administration (least privilege) principle", "ACC-001 ACC-003"),
        row("PA-8", "Choose approval process for third-party support", reason=_ELSEWHERE),
        row("PV-3", "Define and establish secure configurations for compute resources", reason=_NOT_APPLICABLE),
        row("PV-5", "Perform vulnerability assessments", reason=_NOT_APPLICABLE),
        row("PV-6", "Rapidly and automatically remediate vulnerabilities", reason=_NOT_APPLICABLE),
    ),
)
