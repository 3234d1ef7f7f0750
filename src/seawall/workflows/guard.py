"""Judge what a plan of Terraform does to clusters: what it replaces, destroys, cannot undo, and makes weaker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from seawall.checks import all_checks
from seawall.checks.plan import RULES, judge
from seawall.errors import SeawallError
from seawall.gate import judge as verdict_of
from seawall.model import Coverage, Finding, NotAssessed, Report
from seawall.safe import files
from seawall.sources.clusters.costs import change as price
from seawall.sources.clusters.terraform import changes
from seawall.workflows.settings import Settings

UNTOUCHED = "nothing of AKS changes"


def guard(paths: Sequence[Path], settings: Settings, say: Callable[[str], None]) -> Report:
    """The report on plans in JSON. A file that is none, or cannot be read, makes the exit code 2."""
    findings: list[Finding] = []
    notes: list[NotAssessed] = []
    failed: list[str] = []
    untouched: list[str] = []
    for path in paths:
        say(f"reading {path}")
        try:
            plan = changes.read(files.read(path, limits=settings.limits), str(path), settings.limits)
        except SeawallError as error:
            failed.append(str(error) + (f" ({error.hint})" if error.hint else ""))
            continue
        findings += judge(plan.changes, RULES, all_checks(), today=settings.today, price=price)
        notes += plan.not_assessed
        untouched += [UNTOUCHED if len(paths) == 1 else f"{UNTOUCHED} in {path}"] if not plan.touched else []
    verdict = verdict_of(findings, notes, settings.policy, failed=failed)
    return Report(
        verdict=msgspec.structs.replace(verdict, reasons=(*untouched, *verdict.reasons)),
        findings=tuple(findings),
        not_assessed=tuple(sorted(set(notes))),
        coverage=Coverage(files=len(paths) - len(failed)),
    )
