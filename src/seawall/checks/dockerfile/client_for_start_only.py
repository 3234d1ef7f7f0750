"""IMG-DF-021."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.dockerfiles import gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-021",
    severity=Severity.LOW,
    refs=[
        "https://kubernetes.io/docs/concepts/workloads/pods/init-containers/",
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ],
    passes=[gold(start='HEALTHCHECK NONE\nENTRYPOINT ["/app/app"]')],
    fails=[
        gold(start='HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1\nENTRYPOINT ["/app/app"]'),
        gold(start='ENTRYPOINT ["sh", "-c", "curl -o /cfg https://example.com/cfg && exec /app/app"]'),
        gold(start="CMD until nc -z db 5432; do sleep 1; done; exec /app/app"),
    ],
)
def client_for_start_only(dockerfile: Dockerfile) -> Verdicts:
    """A network client is in the image only for its start or its health check.

    ## Why it matters
    It is used for a second and there for as long as the container runs, for whoever breaks in.

    ## Fix
    Waiting and fetching belong into an init container, configuration into a ConfigMap, a health check into a probe,
    which the kubelet runs without anything in the image.

        readinessProbe: {httpGet: {path: /healthz, port: 8080}}
    """
    for each in instructions(dockerfile.shipped, "ENTRYPOINT", "CMD", "HEALTHCHECK"):
        for command in each.commands:
            if command.program in _CLIENTS:
                way = "a probe of Kubernetes" if each.keyword == "HEALTHCHECK" else "an init container or a ConfigMap"
                yield Fail(
                    f"{command.program} is in the image for {each.keyword} only: {way} replaces it",
                    f"{each.keyword} {command.program}",
                    line=command.line,
                )


_CLIENTS = ("curl", "wget", "nc", "ncat", "netcat", "socat", "telnet", "ftp", "rsync", "scp", "ssh")
