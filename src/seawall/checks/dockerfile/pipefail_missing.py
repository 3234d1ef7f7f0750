"""IMG-DF-033."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold, of
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-033",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/build/building/best-practices/#using-pipes"],
    passes=[
        gold(build="RUN set -o pipefail && cat a | wc -l > b"),
        gold(build='SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN cat a | wc -l > b'),
        gold(build="RUN cat a || cat b"),
    ],
    fails=[gold(build="RUN cat a | wc -l > b"), gold(build='SHELL ["/bin/bash", "-c"]\nRUN cat a | sort > b')],
)
def pipefail_missing(dockerfile: Dockerfile) -> Verdicts:
    """A pipe whose failure the build does not see.

    ## Why it matters
    Only the last command of a pipe counts: a download that failed, or was cut off, before `tar` or `gpg` goes
    unnoticed, and the image is built without it.

    ## Fix
    Let the shell fail where any part does.

        SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    """
    for stage in dockerfile.stages:
        safe = False
        for each in stage.instructions:
            if each.keyword == "SHELL":
                shell = " ".join(word.value for word in each.words).lower()
                safe = "pipefail" in shell or "powershell" in shell or "cmd" in shell
            piped = next((c for c in each.commands if c.joined in ("|", "|&") and not c.within), None)
            told = any("pipefail" in value for command in each.commands for value in command.values)
            if each.keyword == "RUN" and piped and not safe and not told:
                yield of(piped, f"a failure before the pipe into {piped.program} goes unnoticed")
