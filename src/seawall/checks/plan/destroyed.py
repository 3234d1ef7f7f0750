"""AKS-PLN-002."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.checks.plan.rule import Facts, Said, rule
from seawall.model import Severity
from seawall.sources.clusters.terraform.changes import Change


@rule(
    "AKS-PLN-002",
    severity=Severity.CRITICAL,
    refs=["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy"],
)
def destroyed(change: Change, facts: Facts) -> Iterator[Said]:
    """The plan destroys a cluster or a node pool.

    ## Why it matters
    Everything that runs there stops, and what is kept on its nodes is lost. A cluster's addresses and identities do not
    come back with another one. Often nobody meant it: a module was renamed, a count became a for_each.

    ## Fix
    Where it was moved in the configuration, say so with a `moved` block; where Terraform shall only let go of it, with
    a `removed` block. Where it shall go, move the workloads first, and take this finding as the reminder.
    """
    if change.destroyed:
        what, severity = (f"node pool {change.pool}", Severity.HIGH) if change.pool else ("the cluster", None)
        reason = f": {change.reason}" if change.reason else ""
        yield Said(message=f"{change.address}: {what} would be destroyed{reason}", severity=severity)
