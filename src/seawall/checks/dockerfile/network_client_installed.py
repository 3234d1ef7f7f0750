"""IMG-DF-017."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold
from seawall.checks.installs import (
    CLIENTS,
    installed,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-017",
    severity=Severity.MEDIUM,
    refs=[
        "https://learn.microsoft.com/azure/aks/concepts-security#node-security",
        "https://attack.mitre.org/techniques/T1105/",
    ],
    passes=[
        gold(build="RUN apk add --no-cache curl=8"),
        gold(final="RUN apk add --no-cache curl=8 && make x && apk del curl"),
    ],
    fails=[
        gold(final="RUN apk add --no-cache curl=8"),
        gold(final="RUN apt-get install -y --no-install-recommends ca-certificates=1 netcat-openbsd=1"),
        "FROM debian:12 AS base\nRUN apt-get install -y wget\nFROM base\nUSER 1\n",
    ],
)
def network_client_installed(dockerfile: Dockerfile) -> Verdicts:
    """A network client is installed in the image that runs.

    ## Why it matters
    curl, wget, nc and the like are what an intruder fetches the next stage with, and sends data out. Applications
    rarely need them: they have libraries.

    ## Fix
    Install it in a build stage. What needs it at start goes into an init container or a ConfigMap; a health check
    becomes a probe of Kubernetes (`httpGet`).

        FROM alpine:3.22 AS fetch
    """
    yield from installed(dockerfile, CLIENTS, "a network client")
