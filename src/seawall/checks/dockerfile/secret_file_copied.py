"""IMG-DF-010."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.credentials import is_secret_file
from seawall.checks.dockerfiles import cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-010",
    severity=Severity.HIGH,
    refs=["https://docs.docker.com/build/building/secrets/"],
    passes=[gold(build="COPY .env.example tsconfig.json key.go ./"), gold(final="COPY --from=build /out/ca.pem ./")],
    fails=[
        gold(build="COPY .env ./"),
        gold(build="COPY id_rsa /root/.ssh/id_rsa"),
        gold(build='ADD [".npmrc", "/root/"]'),
        gold(final="COPY server.key /etc/tls/"),
        gold(build="COPY .aws /root/.aws"),
    ],
)
def secret_file_copied(dockerfile: Dockerfile) -> Verdicts:
    """A file that holds secrets is copied into the image.

    ## Why it matters
    The layer keeps it, also where a later step deletes it. Whoever can pull the image can read it; of a build stage,
    whoever can read the build cache.

    ## Fix
    Mount it for the one step that needs it, and list it in .dockerignore. At run time, mount it from a Secret.

        RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    """
    for each in instructions(dockerfile.stages, "COPY", "ADD"):
        if each.flag("from"):
            continue
        for word in [word for word in each.words[:-1] if not word.text.startswith("<<")]:
            if is_secret_file(word.value):
                severity = (
                    None
                    if word.value.lower().endswith((".key", ".npmrc", ".env")) or "id_" in word.value
                    else Severity.HIGH
                )
                yield Fail(
                    f"{cut(word.value)} is copied into a layer",
                    f"{each.keyword} {word.value}",
                    severity=severity,
                    line=word.line,
                )
