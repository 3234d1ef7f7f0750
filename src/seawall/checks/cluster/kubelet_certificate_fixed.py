"""AKS-POOL-015."""

from __future__ import annotations

import datetime

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Pool, Severity, known

_IGNORED = datetime.date(2027, 4, 1)


@check(
    "AKS-POOL-015",
    severity=Severity.LOW,
    sets={"pool.kubelet_serving_rotation_disabled": False},
    refs=["https://learn.microsoft.com/azure/aks/certificate-rotation"],
    passes=[gold()],
    fails=[gold({"pool.kubelet_serving_rotation_disabled": True})],
)
def kubelet_certificate_fixed(pool: Pool, today: datetime.date) -> Verdicts:
    """The kubelets' serving certificates are signed by themselves and not rotated.

    ## Why it matters
    Nobody can tell a kubelet from something that answers in its place. From 2027-04-01 AKS ignores the tag that asks
    for it, and what relied on the old certificates breaks then.

    ## Fix
    Take the tag off; nodes follow only after a node image upgrade. The list of tags given replaces the old one.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --tags OTHER_TAGS
        az aks nodepool upgrade -g GROUP --cluster-name NAME -n POOL --node-image-only
    """
    if known(pool.kubelet_serving_rotation_disabled):
        yield Fail(
            f"serving certificates are not rotated; AKS {'ignores' if today >= _IGNORED else 'will ignore'} the tag "
            f"{'since' if today >= _IGNORED else 'from'} {_IGNORED}",
            field="pool.kubelet_serving_rotation_disabled",
        )
