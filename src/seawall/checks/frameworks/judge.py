"""The findings of a run, told by the controls of a framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from seawall.checks.frameworks.framework import Control, Framework
from seawall.checks.grouping import AUTOMATIC, Grouping
from seawall.checks.groups import fleets
from seawall.model import Cluster, ControlResult, ControlStatus, Finding, FrameworkResult, Status

Found = Mapping[tuple[str, str], Mapping[str, bool]]
"""What failed (True) or was undecided (False), by kind of subject and rule, then by name of the subject."""

NOTHING = {
    "cluster": "the input holds no cluster",
    "fleet": "the input holds no two clusters of one system",
    "image": "the input holds no image",
}


def judge(
    framework: Framework,
    clusters: Sequence[Cluster],
    images: Mapping[str, bool],
    findings: Iterable[Finding],
    grouping: Grouping = AUTOMATIC,
) -> FrameworkResult:
    """Every control with the number of clusters (fleets, images) that pass and fail it, and that cannot be judged.

    `images` are named with whether all that is in them was judged: one that was not may fail, but cannot pass.
    """
    groups = fleets(((cluster, ()) for cluster in clusters), grouping)
    subjects = {
        "cluster": [cluster.name for cluster in clusters],
        "fleet": [fleet.name for fleet in groups],
        "image": list(images),
    }
    found = _found(findings, [name for name, whole in images.items() if not whole])
    return FrameworkResult(
        id=framework.id,
        title=framework.title,
        version=framework.version,
        controls=tuple(_judge(control, subjects, found) for control in framework.controls),
    )


def _found(findings: Iterable[Finding], unjudged: Iterable[str]) -> Found:
    found: dict[tuple[str, str], dict[str, bool]] = {("image", ""): dict.fromkeys(unjudged, False)}
    for finding in findings:
        kind, name, rule = finding.subject.kind, finding.subject.name, finding.rule
        if kind == "pool":
            kind, name = "cluster", name.rpartition("/")[0]
        if finding.package:
            rule = ""
        by_name = found.setdefault((kind, rule), {})
        by_name[name] = by_name.get(name, False) or finding.status is Status.FAIL
    return found


def _judge(control: Control, subjects: Mapping[str, Sequence[str]], found: Found) -> ControlResult:
    kinds = {"fleet" if check.startswith("AKS-FLT-") else "cluster" for check in control.checks}
    kinds |= {"image"} if control.images else set()
    rules = control.checks or ("",)
    passed = failed = undecided = 0
    for kind in sorted(kinds):
        for name in subjects[kind]:
            told = [by_name[name] for rule in rules if name in (by_name := found.get((kind, rule), {}))]
            failed += True in told
            undecided += bool(told) and True not in told
            passed += not told
    nothing = "; ".join(NOTHING[kind] for kind in sorted(kinds) if not subjects[kind])
    return ControlResult(
        id=control.id,
        title=control.title,
        status=_status(control, passed, failed, undecided),
        passed=passed,
        failed=failed,
        undecided=undecided,
        checks=control.checks,
        reason=control.reason or nothing,
    )


def _status(control: Control, passed: int, failed: int, undecided: int) -> ControlStatus:
    if not control.checks and not control.images:
        return ControlStatus.NOT_DECIDABLE
    if failed:
        return ControlStatus.FAIL
    # Where the checks see only a part of it, they can fail a control, but not pass it.
    return ControlStatus.PASS if passed and not undecided and not control.reason else ControlStatus.UNDECIDED
