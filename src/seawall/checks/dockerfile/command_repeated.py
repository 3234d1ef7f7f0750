"""IMG-DF-036."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-036",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/reference/dockerfile/#cmd"],
    passes=[gold(), gold(build='CMD ["x"]')],
    fails=[
        gold(start='CMD ["/a"]\nCMD ["/b"]'),
        gold(start='ENTRYPOINT ["/a"]\nUSER 1\nENTRYPOINT ["/b"]'),
        gold(start="HEALTHCHECK NONE\nHEALTHCHECK NONE"),
    ],
)
def command_repeated(dockerfile: Dockerfile) -> Verdicts:
    """CMD, ENTRYPOINT or HEALTHCHECK stands twice in a stage: only the last one counts.

    ## Why it matters
    What its reader takes for the program that runs is not what runs, nor as whom it was thought to.

    ## Fix
    Keep one of each kind in a stage, the last one.

        ENTRYPOINT ["/app"]
    """
    for stage in dockerfile.stages:
        for keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            for each in [*stage.of(keyword)][:-1]:
                yield at(each, f"this {keyword} has no effect: a later one replaces it", field=" ")
