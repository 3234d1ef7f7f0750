"""AKS-API-004."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.gold import gold
from seawall.model import Cluster, Severity, known


@check(
    "AKS-API-004",
    severity=Severity.MEDIUM,
    sets={"api_server.run_command_disabled": True},
    refs=["https://learn.microsoft.com/azure/aks/access-private-cluster"],
    passes=[gold()],
    fails=[gold({"api_server.run_command_disabled": False})],
)
def run_command_on(cluster: Cluster) -> Verdicts:
    """Commands can be run inside the cluster through Azure, past the network.

    ## Why it matters
    `az aks command invoke` starts a pod in the cluster from anywhere on the internet: neither a private API server nor
    authorised ranges stand in its way, and with local accounts on it runs as cluster-admin.

    ## Fix
    In place and reversible. It is also the way in when the private network fails: switch it on again then.

        az aks update -g GROUP -n NAME --disable-run-command
    """
    if not known(cluster.api_server.run_command_disabled):
        yield Fail("run command (`az aks command invoke`) is on", field="api_server.run_command_disabled")
