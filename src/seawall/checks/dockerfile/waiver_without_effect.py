"""IMG-DF-044."""

from __future__ import annotations

import re

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.dockerfiles import gold, waivers_of
from seawall.checks.hadolint import OURS
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-044",
    severity=Severity.LOW,
    refs=["https://github.com/hadolint/hadolint#inline-ignores"],
    passes=[gold(build="# seawall: ignore=IMG-DF-032 the base needs it, see ticket 12\nRUN true")],
    fails=[
        gold(build="# seawall: ignore=IMG-DF-032\nRUN true"),
        gold(build="# seawall: ignore=IMG-DF-999 no such check\nRUN true"),
        gold(build="# hadolint ignore=DL3008,DL3015\nRUN true"),
    ],
)
def waiver_without_effect(dockerfile: Dockerfile) -> Verdicts:
    """A waiver has no effect: it gives no reason, names no check, or is that of another tool.

    ## Why it matters
    A waiver without a reason is a risk that nobody has accepted, and nobody knows when it is over.

    ## Fix
    Say why, in the comment above the instruction.

        # seawall: ignore=IMG-DF-028 the repository keeps one version only
        RUN apk add --no-cache tzdata
    """
    from seawall.checks import dockerfile_checks

    known = {check.id for check in dockerfile_checks()}
    for waiver in waivers_of(dockerfile):
        unknown = [name for name in waiver.ids if name not in known]
        names = ",".join(waiver.ids)
        if not waiver.reason:
            yield Fail(
                f"the waiver of {names} gives no reason, so it waives nothing", names, line=waiver.about or waiver.line
            )
        elif unknown or not waiver.about:
            what = f"there is no check {', '.join(unknown)}" if unknown else "it stands above no instruction"
            yield Fail(f"the waiver of {names} waives nothing: {what}", names, line=waiver.about or waiver.line)
    for comment in dockerfile.comments:
        if match := re.match(r"hadolint\s+(?:global\s+)?ignore=([\w, ]+)", comment.text):
            rules = [rule.strip() for rule in match[1].split(",")]
            ours = sorted({name for rule in rules for name in OURS.get(rule, ())})
            way = f"; say `# seawall: ignore={','.join(ours)} REASON`" if ours else ""
            yield Fail(
                f"hadolint's waiver of {', '.join(rules)} waives nothing here{way}",
                match[1],
                severity=Severity.INFO,
                line=comment.about or comment.line,
            )
