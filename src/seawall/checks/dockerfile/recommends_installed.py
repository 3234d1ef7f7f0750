"""IMG-DF-015."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import commands, gold, of
from seawall.checks.installs import (
    APT,
    after,
    install,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-015",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/build/building/best-practices/#apt-get"],
    passes=[
        gold(final="RUN apt-get install -y --no-install-recommends tzdata=1 && rm -rf /var/lib/apt/lists/*"),
        gold(build="RUN apt-get -o APT::Install-Recommends=false install -y x=1"),
    ],
    fails=[
        gold(build="RUN apt-get update && apt-get install -y \\\n    git=1"),
        gold(build="RUN sudo apt -y install x=1"),
    ],
)
def recommends_installed(dockerfile: Dockerfile) -> Verdicts:
    """apt installs packages that nobody asked for.

    ## Why it matters
    Recommended packages bring programs and libraries that nothing needs: more to patch, more for an attacker to use.

    ## Fix
    Say so, and name what is needed of them.

        RUN apt-get install -y --no-install-recommends git
    """
    for command in commands(dockerfile.stages):
        found = install(command)
        if (
            found
            and found.manager in APT
            and found.packages
            and not any(_OFF.search(value) for value in command.values)
        ):
            verb = found.verb
            edits = (after(verb, " --no-install-recommends"),)
            yield of(command, "recommended packages are installed, too", edits=edits)


_OFF = re.compile(r"(?i)no-install-recommends|install-recommends=[\"']?(?:false|0|no)|no-recommends")
