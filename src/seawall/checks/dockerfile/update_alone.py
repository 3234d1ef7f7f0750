"""IMG-DF-027."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold, instructions, of
from seawall.checks.installs import (
    APT,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-027",
    severity=Severity.MEDIUM,
    refs=[
        "https://docs.docker.com/build/building/best-practices/#apt-get",
        "https://www.cisecurity.org/benchmark/docker",
    ],
    passes=[
        gold(build="RUN apt-get update && apt-get install -y --no-install-recommends x=1"),
        gold(build="RUN apt-get update && ./install-tools.sh"),
    ],
    fails=[
        gold(build="RUN apt-get update\nRUN apt-get install -y --no-install-recommends x=1"),
        gold(build="RUN apk update"),
    ],
)
def update_alone(dockerfile: Dockerfile) -> Verdicts:
    """The lists of packages are updated in a step of their own.

    ## Why it matters
    The build cache keeps that step: a later change of what is installed works with the old lists, and installs old
    packages with flaws that are long fixed.

    ## Fix
    Update and install in one RUN.

        RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
    """
    for each in instructions(dockerfile.stages, "RUN"):
        updates = [
            command for command in each.commands if command.program in (*APT, "apk") and "update" in command.values
        ]
        others = [
            command
            for command in each.commands
            if command.words and command not in updates and command.program not in _NOISE
        ]
        if updates and not others:
            yield of(updates[0], f"{updates[0].program} update stands alone, and the cache will keep it")


_NOISE = ("echo", "set", "rm", "true", "export", ":")
