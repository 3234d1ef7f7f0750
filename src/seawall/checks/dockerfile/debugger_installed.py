"""IMG-DF-018."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold
from seawall.checks.installs import (
    DEBUGGERS,
    installed,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-018",
    severity=Severity.MEDIUM,
    refs=["https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container"],
    passes=[gold(build="RUN apk add --no-cache gdb=1")],
    fails=[
        gold(final="RUN apk add --no-cache strace=6"),
        gold(final="RUN microdnf install -y gdb-14 && microdnf clean all"),
    ],
)
def debugger_installed(dockerfile: Dockerfile) -> Verdicts:
    """A debugger or tracer is installed in the image that runs.

    ## Why it matters
    With one, an intruder reads the memory of the process: keys, tokens, data of customers. It also asks for rights
    (`SYS_PTRACE`) that nothing else needs.

    ## Fix
    Leave it out, and bring it with an ephemeral container when it is needed.

        kubectl debug -it POD --image=busybox --target=CONTAINER
    """
    yield from installed(dockerfile, DEBUGGERS, "a debugger")
