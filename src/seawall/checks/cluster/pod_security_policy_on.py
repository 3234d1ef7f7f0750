"""AKS-ACC-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-ACC-010",
    severity=Severity.LOW,
    sets={"access.pod_security_policy": False},
    refs=["https://learn.microsoft.com/azure/aks/use-psa"],
    passes=[gold()],
    fails=[gold({"access.pod_security_policy": True})],
)
def pod_security_policy_on(cluster: Cluster) -> Verdicts:
    """Pod security policies are asked for, which Kubernetes no longer has.

    ## Why it matters
    Kubernetes 1.25 took PodSecurityPolicy away. A cluster that still asks for it looks guarded and is not: nothing
    stops a privileged pod.

    ## Fix
    Take the property out, and use deployment safeguards or Pod Security Admission labels on the namespaces instead.

        az aks safeguards create -g GROUP -n NAME --level Warn --pss-level Baseline
    """
    if known(cluster.access.pod_security_policy):
        yield Fail(
            "pod security policies are on; Kubernetes has not had them since 1.25", field="access.pod_security_policy"
        )
