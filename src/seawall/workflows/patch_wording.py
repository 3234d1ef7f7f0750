"""What `seawall patch` tells: the plan, before and after side by side, what remains and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from seawall.model import Finding, Severity
from seawall.safe.terminal import printable
from seawall.workflows.patch import Patched

_LEVELS = (*sorted(Severity, reverse=True),)


def told(patched: Patched) -> str:
    """For people."""
    return "".join(f"{printable(line)}\n" for line in _lines(patched))


def _lines(patched: Patched) -> Iterator[str]:
    steps = patched.made.steps
    done = "Patched" if patched.written else "Would patch"
    yield f"{done}: {patched.image.name}" if steps else f"Nothing to patch: {patched.image.name}"
    width = max((len(step.name) for step in steps), default=0)
    for step in steps:
        way = f"{step.before} -> {step.after}" if step.before else f"(new) {step.after}"
        yield f"  {step.name:{width}}  {way}  ({step.why})"
    if patched.made.notes:
        yield "To know:"
        yield from (f"  {note}" for note in patched.made.notes)
    if patched.left:
        yield "Left as it is:"
        yield from (f"  {name}: {why.removeprefix(name + ': ')}" for name, why in sorted(patched.left.items()))
    yield f"{'':10}{'before':>8}{'after':>8}"
    before, after = _counted(patched.before), _counted(patched.after)
    for level in _LEVELS:
        if before[level] or after[level]:
            yield f"{level!s:10}{before[level]:>8}{after[level]:>8}"
    fixable = [sum(f.fixable for f in each) for each in (patched.before, patched.after)]
    yield f"{'fixable':10}{fixable[0]:>8}{fixable[1]:>8}"
    for gap in sorted(set(patched.not_assessed)):
        yield f"not assessed: {gap.what}: {gap.where}: {gap.why}"
    if patched.written:
        yield f"Written: {patched.written.path} ({patched.written.digest})"


def _counted(findings: Sequence[Finding]) -> Counter[Severity]:
    return Counter(finding.severity for finding in findings)
