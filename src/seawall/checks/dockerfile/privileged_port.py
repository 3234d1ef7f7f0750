"""IMG-DF-030."""

from __future__ import annotations

from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-030",
    severity=Severity.INFO,
    refs=["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    passes=[gold(final="EXPOSE 8443")],
    fails=[gold(final="EXPOSE 80"), gold(final="EXPOSE 443/tcp 8080")],
    unknowns=[gold(final="ARG PORT\nEXPOSE $PORT")],
)
def privileged_port(dockerfile: Dockerfile) -> Verdicts:
    """The image listens on a port below 1024.

    ## Why it matters
    Some set-ups let only root listen there, which is then the reason to run as root or to keep NET_BIND_SERVICE.

    ## Fix
    Listen on a higher port. The Service maps it, so that nobody who calls has to know.

        EXPOSE 8080
    """
    for each in instructions(dockerfile.shipped, "EXPOSE"):
        for word in each.words:
            port = word.value.partition("/")[0].partition("-")[0]
            if not word.known:
                yield Undecided(
                    f"cannot be decided: the port {cut(word.text)} is given to the build", "", line=each.line
                )
            elif port.isdecimal() and int(port) < 1024:
                yield at(each, f"port {port} is below 1024", field=f"EXPOSE {port}")
