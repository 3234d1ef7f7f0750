"""Hold clusters against those of a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from seawall.checks import Check, run
from seawall.checks.baseline import differences, model_of
from seawall.errors import UsageError
from seawall.model import Cluster, Finding, NotAssessed
from seawall.sources.clusters.costs import change
from seawall.workflows.discover import Found, discover
from seawall.workflows.settings import Settings

PROFILE = "profile:"


def compare(
    clusters: Sequence[Cluster],
    findings: Sequence[Finding],
    checks: Sequence[Check],
    settings: Settings,
    say: Callable[[str], None],
) -> tuple[list[Finding], Found]:
    """What differs from the baseline, and what was found in its file: what could not be read is in there, too."""
    found = _baseline(settings, say)
    singly = [check for check in checks if check.kind != "fleet"]
    accepted = {
        id(each): run([each], singly, today=settings.today, cost=change, grouping=settings.grouping).findings
        for each in found.clusters
    }
    own: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.subject.kind in ("cluster", "pool"):
            name = finding.subject.name
            own.setdefault(name.rpartition("/")[0] if finding.subject.kind == "pool" else name, []).append(finding)
    told: list[Finding] = []
    for cluster in clusters:
        if model := model_of(cluster, found.clusters, settings.grouping):
            told += differences(cluster, model, own.get(cluster.name, []), accepted[id(model)], change)
        else:
            why = "no cluster of the baseline has its name or is of its system, and it holds several"
            found.not_assessed.append(NotAssessed(what="baseline", where=cluster.name, why=why))
    return told, found


def _baseline(settings: Settings, say: Callable[[str], None]) -> Found:
    """The clusters of the file, or the one that `seawall design` makes by a profile. Raises UsageError for no such."""
    if not settings.baseline.startswith(PROFILE):
        return discover([Path(settings.baseline)], ("cluster",), settings.limits, say)
    from seawall.remedies.answers import Answers
    from seawall.remedies.design import design
    from seawall.remedies.profiles import SIZES

    name = settings.baseline.removeprefix(PROFILE)
    if name not in SIZES:
        profiles = ", ".join(f"{PROFILE}{each}" for each in SIZES)
        raise UsageError(f"there is no profile {name!r}", where="--baseline", hint=f"the profiles are: {profiles}")
    return Found(clusters=[design(Answers(name=settings.baseline, environment=name)).cluster])
