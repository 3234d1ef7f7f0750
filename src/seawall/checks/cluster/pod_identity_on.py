"""AKS-IDN-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-IDN-004",
    severity=Severity.HIGH,
    sets={"identity.pod_identity": False},
    refs=["https://learn.microsoft.com/azure/aks/use-azure-ad-pod-identity"],
    passes=[gold()],
    fails=[gold({"identity.pod_identity": True})],
)
def pod_identity_on(cluster: Cluster) -> Verdicts:
    """The retired pod identity (v1) is on.

    ## Why it matters
    It was deprecated in October 2022 and its project archived in September 2023: flaws found since are not mended. It
    puts itself between pods and the node's metadata service, so a pod that gets round it takes another's identity.

    ## Fix
    Move the workloads to workload identity, then switch it off in place. Pods that still rely on it lose their
    identity at that moment.

        az aks update -g GROUP -n NAME --disable-pod-identity
    """
    if known(cluster.identity.pod_identity):
        yield Fail("pod identity v1 is on; it has had no fixes since 2023-09", field="identity.pod_identity")
