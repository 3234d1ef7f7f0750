"""IMG-DF-022."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import commands, cut, gold, of
from seawall.checks.installs import (
    install,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-022",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/best-practices/#user"],
    passes=[gold(build="RUN echo sudo"), gold(final='RUN ["/app/sudoku"]')],
    fails=[
        gold(build="RUN sudo make install"),
        gold(final="RUN apk add --no-cache sudo=1"),
        gold(final="RUN echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers"),
    ],
)
def sudo_used(dockerfile: Dockerfile) -> Verdicts:
    """sudo is used in the build or put into the image.

    ## Why it matters
    It is setuid root: a container that was made to run as another user is root again with one command. In the build it
    does nothing that USER does not do.

    ## Fix
    Do what needs root before USER, and leave sudo out.

        USER root
    """
    for command in commands(dockerfile.stages):
        found = install(command)
        files = [each.target.value for each in command.redirects if "sudoers" in each.target.value]
        if command.words and command.words[0].value.rpartition("/")[2] == "sudo":
            yield of(command, f"sudo is used: {cut(command.text)}")
        elif (found and {"sudo", "doas"}.intersection(found.names)) or files:
            yield of(command, f"sudo is set up: {cut(command.text)}")
