"""IMG-DF-025."""

from __future__ import annotations

from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.checks.installs import (
    SSH_SERVERS,
    installed,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-025",
    severity=Severity.HIGH,
    refs=["https://learn.microsoft.com/azure/aks/concepts-security", "https://attack.mitre.org/techniques/T1021/004/"],
    passes=[gold(final="EXPOSE 2222/tcp"), gold(build="RUN apk add --no-cache openssh-server=9")],
    fails=[
        gold(final="EXPOSE 22"),
        gold(final="EXPOSE 8080 20-25/tcp"),
        gold(final="RUN apk add --no-cache openssh-server=9"),
        gold(start='CMD ["/usr/sbin/sshd", "-D"]'),
    ],
    unknowns=[gold(final="ARG PORT\nEXPOSE $PORT")],
)
def ssh_server(dockerfile: Dockerfile) -> Verdicts:
    """The image has a server for remote shells.

    ## Why it matters
    It is a second way in, with its own keys and passwords, past everything that Kubernetes logs and allows.

    ## Fix
    Leave it out. Who may have a shell in a container is for Kubernetes to say.

        kubectl exec -it POD -- …
    """
    yield from installed(dockerfile, SSH_SERVERS, "a server for remote shells")
    for each in instructions(dockerfile.shipped, "EXPOSE"):
        for word in each.words:
            first, _, last = word.value.partition("/")[0].partition("-")
            if not word.known:
                yield Undecided(
                    f"cannot be decided: the port {cut(word.text)} is given to the build", "", line=each.line
                )
            elif first.isdecimal() and any(
                int(first) <= port <= int(last if last.isdecimal() else first) for port in (22, 23)
            ):
                yield at(each, f"EXPOSE {word.value} is the port of a server for remote shells")
    for each in instructions(dockerfile.shipped, "CMD", "ENTRYPOINT"):
        if any(command.program in ("sshd", "dropbear", "telnetd") for command in each.commands):
            yield at(each, f"{each.keyword} starts a server for remote shells")
