"""AKS-POOL-014."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.kubernetes_versions import minor
from seawall.model import Cluster, Pool, Severity, known

_VERSION = "pool.kubernetes_version"
_MOST = 3
"""Kubelets may be three minor versions behind the API server: Kubernetes version skew policy, since 1.28."""


@check(
    "AKS-POOL-014",
    severity=Severity.HIGH,
    sets={_VERSION: "1.36"},
    refs=[
        "https://kubernetes.io/releases/version-skew-policy/",
        "https://learn.microsoft.com/azure/aks/manage-node-pools",
    ],
    passes=[gold(), gold({_VERSION: "1.33.2"}), gold({_VERSION: None})],
    fails=[gold({_VERSION: "1.32.2"}), gold({"upkeep.kubernetes_version": "1.35.3"})],
    unknowns=[gold({"upkeep.kubernetes_version": None}), gold({_VERSION: "[parameters('version')]"})],
)
def node_version_skew(cluster: Cluster, pool: Pool) -> Verdicts:
    """The nodes' version of Kubernetes does not go with that of the control plane.

    ## Why it matters
    AKS refuses a pool that is newer than the control plane. One that is more than three minor versions behind cannot be
    relied on, and blocks the next upgrade of the control plane.

    ## Fix
    Upgrade what is behind, one minor version after the other: there is no way back.

        az aks nodepool upgrade -g GROUP --cluster-name NAME -n POOL --kubernetes-version VERSION
    """
    nodes = known(pool.kubernetes_version)
    if not nodes:
        return
    control = known(cluster.upkeep.kubernetes_version)
    if not control:
        yield Undecided("cannot be decided: the input leaves the cluster's version to AKS", field=_VERSION)
        return
    behind = minor(control)[1] - minor(nodes)[1]
    if behind < 0 or behind > _MOST:
        what = "AKS refuses nodes" if behind < 0 else "more than three minor versions behind: nodes"
        yield Fail(f"{what} of {nodes} under a control plane of {control}", field=_VERSION, sets={_VERSION: control})
