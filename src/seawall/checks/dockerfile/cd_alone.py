"""IMG-DF-034."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold, instructions, of
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-034",
    severity=Severity.INFO,
    refs=["https://docs.docker.com/build/building/best-practices/#workdir"],
    passes=[gold(build="RUN cd /x && make")],
    fails=[gold(build="RUN cd /x"), gold(build="RUN mkdir /x && cd /x")],
)
def cd_alone(dockerfile: Dockerfile) -> Verdicts:
    """A step ends with cd, which the next one does not know of.

    ## Why it matters
    Each RUN begins in the folder of WORKDIR, so that the next step works in another place than its reader thinks.

    ## Fix
    Set the folder for all steps that follow.

        WORKDIR /x
    """
    for each in instructions(dockerfile.stages, "RUN"):
        if each.commands and each.commands[-1].program == "cd" and not each.exec_form:
            yield of(each.commands[-1], "cd has no effect on the next step: use WORKDIR")
