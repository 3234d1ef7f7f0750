"""AKS-PRO-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-PRO-006",
    severity=Severity.MEDIUM,
    sets={"protection.audit_logs": ("guard", "kube-audit-admin")},
    refs=["https://learn.microsoft.com/azure/aks/monitor-aks-reference"],
    passes=[
        gold(),
        gold({"protection.audit_logs": ("allLogs",)}),
        gold({"protection.audit_logs": (), "access.entra": False}),
    ],
    fails=[gold({"protection.audit_logs": logs}) for logs in ((), ("kube-audit-admin",))],
    unknowns=[gold({"protection.audit_logs": ("audit",)})],
)
def sign_in_logs_off(cluster: Cluster) -> Verdicts:
    """The log of Entra sign-ins to the cluster is not kept.

    ## Why it matters
    The category `guard` records who was let in by Entra ID and by Azure RBAC, and who was not. Without it attempts on
    the cluster go unseen.

    ## Fix
    In place; add the category to the diagnostic setting of the cluster.

        az aks show -g GROUP -n NAME --query id -o tsv
        az monitor diagnostic-settings create -n aks-audit --resource CLUSTER_ID --workspace WORKSPACE_ID --logs LOGS
    """
    if not known(cluster.access.entra):
        return
    field = "protection.audit_logs"
    logs = known(cluster.protection.audit_logs)
    names = {log.lower() for log in logs}
    if "audit" in names and not names & {"guard", "alllogs"}:
        yield Undecided("cannot be decided: the input names the category group audit, not its categories", field=field)
    elif not names & {"guard", "alllogs"}:
        yield Fail("the log category guard is not kept", field=field, sets={field: tuple(sorted({*logs, "guard"}))})
