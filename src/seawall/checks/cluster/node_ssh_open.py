"""AKS-POOL-006."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold, gold_pool
from seawall.model import Pool, Severity, known


@check(
    "AKS-POOL-006",
    severity=Severity.LOW,
    sets={"pool.ssh_access": "Disabled"},
    refs=["https://learn.microsoft.com/azure/aks/manage-ssh-node-access"],
    passes=[gold(), gold({"pool.ssh_access": "EntraId"})],
    fails=[
        gold({"pool.ssh_access": "LocalUser"}),
        gold({"pools": (gold_pool("system", mode="System"), gold_pool("user", ssh_access="LocalUser"))}),
    ],
)
def node_ssh_open(pool: Pool) -> Verdicts:
    """The nodes take SSH sign-ins with the cluster's key.

    ## Why it matters
    The key is the same for every node, belongs to nobody, and is root: whoever finds it and reaches the network has the
    nodes and all that runs on them.

    ## Fix
    Preview in az. Each pool has its own switch, pools added later have SSH on again, and nodes follow only after a node
    image upgrade. `kubectl debug node/NODE` still gets in.

        az aks nodepool update -g GROUP --cluster-name NAME -n POOL --ssh-access disabled
        az aks nodepool upgrade -g GROUP --cluster-name NAME -n POOL --node-image-only
    """
    access = known(pool.ssh_access) or "LocalUser"
    if access.lower() == "localuser":
        yield Fail("SSH to the nodes is on, with a key", field="pool.ssh_access")
