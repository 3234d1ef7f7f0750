"""IMG-DF-040."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import cut, gold, instructions, of
from seawall.checks.installs import (
    after_dash,
)
from seawall.model import Severity
from seawall.model.dockerfile import Command, Dockerfile


@check(
    "IMG-DF-040",
    severity=Severity.HIGH,
    refs=["https://cwe.mitre.org/data/definitions/258.html", "https://cwe.mitre.org/data/definitions/259.html"],
    passes=[gold(build="RUN useradd -r -u 1000 app && adduser -D app && passwd -l root")],
    fails=[
        gold(final="RUN useradd -p secret app"),
        gold(final="RUN passwd -d root"),
        gold(final="RUN echo 'root:toor' | chpasswd"),
        gold(final="RUN echo 'PermitEmptyPasswords yes' >> /etc/ssh/sshd_config"),
        gold(final="RUN usermod --password '' app"),
    ],
)
def password_empty(dockerfile: Dockerfile) -> Verdicts:
    """A user of the image gets an empty password, or one that stands in the Dockerfile.

    ## Why it matters
    Every container of the image has the same password, and everyone who can read the image knows it.

    ## Fix
    Users of containers need no password: lock them.

        RUN useradd --system --uid 1000 --shell /usr/sbin/nologin app
    """
    for each in instructions(dockerfile.stages, "RUN"):
        previous: Command | None = None
        for command in each.commands:
            values, text = command.values, command.text
            if command.program in ("useradd", "usermod", "adduser") and after_dash(values, "-p", "--password"):
                yield of(command, f"{command.program} sets a password")
            elif command.program == "passwd" and after_dash(values, "-d", "--delete"):
                yield of(command, f"an empty password: {cut(text)}")
            elif command.program == "chpasswd" and previous and command.joined == "|" and "$" not in previous.text:
                yield of(command, "chpasswd gets a password that stands in the Dockerfile")
            elif re.search(r"PermitEmptyPasswords\s+yes|nullok_secure", text):
                yield of(command, f"empty passwords are let in: {cut(text)}")
            previous = command
