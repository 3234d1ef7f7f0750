"""AKS-FLT-003: a cluster held against the one that it should be like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from seawall.checks.check import Price
from seawall.checks.documented import Documented
from seawall.checks.grouping import AUTOMATIC, Grouping
from seawall.checks.groups import fleets
from seawall.checks.sides import SETTINGS, VERSION, value_of
from seawall.model import Change, Cluster, Finding, Location, Severity, Status, Subject, is_known
from seawall.model.paths import all_paths, get

BASELINE = Documented(
    id="AKS-FLT-003",
    name="baseline_differs",
    title="A setting differs from the baseline",
    doc="""## Why it matters
`seawall audit … --baseline prod.json` says that these clusters are to be like that one, and `--baseline profile:prod`
that they are to be like what `seawall design` writes. A setting that is not so was changed by somebody, or was never
made so: what is known of the baseline, that it was tested, reviewed or approved, does not hold for this cluster.

A cluster is held against that of its name in the baseline, else against that of its system (docs/fleet.md), else
against the only one there. What clusters have in common is compared, and whatever else one of the two fails a check by.

| the cluster is | severity |
|---|---|
| weaker: it fails a check that the baseline passes | high |
| different, and neither is weaker | medium; low for a Kubernetes version |
| stronger than the baseline | info |
| not known, or the baseline is not | undecided |

## Fix
Make the change that is shown: it gives the cluster the value of the baseline, and says what that costs. Where the
cluster is the stronger one no change is shown: mend the baseline.

    seawall audit staging.json --baseline prod.json
    seawall audit fleet.json --baseline profile:prod""",
    severity=Severity.MEDIUM,
    refs=("https://learn.microsoft.com/azure/well-architected/operational-excellence/safe-deployments",),
    asked_of="a cluster with `--baseline`",
)


def model_of(cluster: Cluster, baseline: Sequence[Cluster], grouping: Grouping = AUTOMATIC) -> Cluster | None:
    """The cluster of the baseline to hold this one against: that of its name, of its system, or the only one."""
    named = [each for each in baseline if each.name == cluster.name]
    some = named or [each for each in baseline if fleets([(each, ()), (cluster, ())], grouping)] or baseline
    return some[0] if len(some) == 1 else None


def differences(
    cluster: Cluster, model: Cluster, found: Iterable[Finding], accepted: Iterable[Finding], price: Price
) -> Iterator[Finding]:
    """What differs. `found` and `accepted` are what the checks say of the cluster and of the model: they tell which
    of two values is the weaker one."""
    weak, weak_there = _failing(found), _failing(accepted)
    more = [path for path in all_paths() if path in weak ^ weak_there and path not in SETTINGS]
    for path in (*SETTINGS, *more):
        here, there = value_of(cluster, path), value_of(model, path)
        if not here or not there:
            unknown = " and ".join(each.name for each, value in ((cluster, here), (model, there)) if not value)
            yield _finding(cluster, path, f"cannot be decided: {path} is not known in {unknown}")
        elif here != there:
            weaker, stronger = path in weak - weak_there, path in weak_there - weak
            how = "weaker than" if weaker else "stronger than" if stronger else "not as in"
            severity = Severity.HIGH if weaker else Severity.INFO if stronger else Severity.MEDIUM
            if path == VERSION and not weaker:
                severity = min(severity, Severity.LOW)
            message = f"{path} is {here}, {how} the baseline {model.name}: {there}"
            change = None if stronger else _change(cluster, model, path, price)
            yield _finding(cluster, path, message, severity, change)


def _failing(findings: Iterable[Finding]) -> set[str]:
    return {finding.field for finding in findings if finding.status is Status.FAIL}


def _change(cluster: Cluster, model: Cluster, path: str, price: Price) -> Change | None:
    pools = model.pools if is_known(model.pools) else ()
    value = get(model, path, pools[0] if pools else None)
    return price(cluster, {path: value}, tool=cluster.tool) if is_known(value) else None


def _finding(
    cluster: Cluster, path: str, message: str, severity: Severity = Severity.MEDIUM, change: Change | None = None
) -> Finding:
    return Finding(
        rule=BASELINE.id,
        title=BASELINE.title,
        severity=severity,
        status=Status.UNKNOWN if message.startswith("cannot be decided") else Status.FAIL,
        subject=Subject(kind="cluster", name=cluster.name),
        field=path,
        message=message,
        location=Location(file=cluster.file, line=cluster.lines.get(path, cluster.lines.get("", 0))),
        change=change,
        refs=BASELINE.refs,
    )
