"""AKS-PRO-005."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known

_AUDIT = {"kube-audit", "kube-audit-admin", "audit", "alllogs"}


@check(
    "AKS-PRO-005",
    severity=Severity.HIGH,
    sets={"protection.audit_logs": ("guard", "kube-audit-admin")},
    refs=[
        "https://learn.microsoft.com/azure/aks/monitor-aks-reference",
        "https://learn.microsoft.com/azure/aks/monitor-aks",
    ],
    passes=[gold(), gold({"protection.audit_logs": ("allLogs",)}), gold({"protection.audit_logs": ("kube-audit",)})],
    fails=[gold({"protection.audit_logs": logs}) for logs in ((), ("kube-apiserver", "guard"))],
)
def audit_logs_off(cluster: Cluster) -> Verdicts:
    """The audit log of the Kubernetes API is not kept.

    ## Why it matters
    Nobody can tell afterwards who read a secret, started a pod or changed a role: the only record of it is thrown away.

    ## Fix
    In place; it costs by the volume. `kube-audit-admin` leaves out the reading calls and is a small part of
    `kube-audit`. Diagnostic settings are a separate resource; an export of the cluster alone does not hold them.

        az aks show -g GROUP -n NAME --query id -o tsv
        az monitor diagnostic-settings create -n aks-audit --resource CLUSTER_ID --workspace WORKSPACE_ID --logs LOGS
    """
    logs = known(cluster.protection.audit_logs)
    if not _AUDIT & {log.lower() for log in logs}:
        kept = f"only {', '.join(logs)} are kept" if logs else "no diagnostic setting keeps any log"
        yield Fail(
            f"audit logs are not kept: {kept}",
            field="protection.audit_logs",
            sets={"protection.audit_logs": tuple(sorted({*logs, "guard", "kube-audit-admin"}))},
        )
