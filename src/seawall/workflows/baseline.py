"""Hold clusters against those of a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from seawall.checks import Check, run
from seawall.checks.baseline import differences, model_of
from seawall.model import Cluster, Finding, NotAssessed
from seawall.sources.clusters.costs import change
from seawall.workflows.discover import Found, discover
from seawall.workflows.settings import Settings


def compare(
    clusters: Sequence[Cluster],
    findings: Sequence[Finding],
    baseline: Path,
    checks: Sequence[Check],
    settings: Settings,
    say: Callable[[str], None],
) -> tuple[list[Finding], Found]:
    """What differs from the baseline, and what was found in its file: what could not be read is in there, too."""
    found = discover([baseline], ("cluster",), settings.limits, say)
    singly = [check for check in checks if check.kind != "fleet"]
    accepted = {id(each): run([each], singly, today=settings.today, cost=change).findings for each in found.clusters}
    own: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.subject.kind in ("cluster", "pool"):
            name = finding.subject.name
            own.setdefault(name.rpartition("/")[0] if finding.subject.kind == "pool" else name, []).append(finding)
    told: list[Finding] = []
    for cluster in clusters:
        if model := model_of(cluster, found.clusters):
            told += differences(cluster, model, own.get(cluster.name, []), accepted[id(model)], change)
        else:
            why = "no cluster of the baseline has its name or is of its system, and it holds several"
            found.not_assessed.append(NotAssessed(what="baseline", where=cluster.name, why=why))
    return told, found
