"""IMG-DF-031."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-031",
    severity=Severity.INFO,
    refs=["https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"],
    passes=[gold(), gold(final="HEALTHCHECK NONE")],
    fails=[gold(final='HEALTHCHECK CMD ["/app/app", "--health"]')],
)
def healthcheck_ignored(dockerfile: Dockerfile) -> Verdicts:
    """HEALTHCHECK does nothing in Kubernetes.

    ## Why it matters
    The kubelet does not look at it, so the container counts as healthy for as long as it runs, whatever it says. What
    is in the image only for it (curl, a shell) is there for nothing.

    ## Fix
    Write probes into the manifest, and drop the instruction where the image runs in Kubernetes only.

        readinessProbe: {httpGet: {path: /healthz, port: 8080}}
    """
    for each in instructions(dockerfile.shipped, "HEALTHCHECK"):
        if each.commands:
            yield at(each, "Kubernetes ignores HEALTHCHECK: write a probe into the manifest", field=" ")
