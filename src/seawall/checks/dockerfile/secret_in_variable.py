"""IMG-DF-008."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.credentials import is_value, names_secret, token_in
from seawall.checks.dockerfiles import gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-008",
    severity=Severity.HIGH,
    refs=[
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
    ],
    passes=[
        gold(
            build="ARG VERSION=1.2.3\nENV TOKEN_FILE=/run/secrets/t PASSWORD_MIN_LENGTH=12 TOKENIZERS_PARALLELISM=false"
        ),
        gold(
            build="RUN --mount=type=secret,id=npm NPM_TOKEN=$(cat /run/secrets/npm) npm ci && npm cache clean --force"
        ),
        gold(build="ENV LIBS=libcrypto3=3.5.1-r0"),
    ],
    fails=[
        gold(build="ENV DB_PASSWORD=hunter2secret"),
        gold(build="ARG GITHUB_TOKEN"),
        gold(build="ARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN"),
        gold(build="ENV FOO=AKIA" + "ABCDEFGHIJKLMNOP"),
        gold(build="ENV URL=postgres://app:s3cretpw@db/app"),
    ],
)
def secret_in_variable(dockerfile: Dockerfile) -> Verdicts:
    """A secret is given to the build as ARG, or kept in the image as ENV or LABEL.

    ## Why it matters
    ENV stands in the configuration of the image, and an ARG in its history: whoever can pull the image reads both
    with one command. Every process of the container inherits ENV.

    ## Fix
    In the build, mount it for the one step that needs it. At run time, mount it from Key Vault with the Secret Store
    CSI driver, or better use a workload identity. Then replace the secret: it is known.

        RUN --mount=type=secret,id=npm NPM_TOKEN="$(cat /run/secrets/npm)" npm ci
    """
    every = (*dockerfile.arguments, *instructions(dockerfile.stages, "ARG", "ENV", "LABEL"))
    for each in every:
        for pair in each.pairs:
            value = pair.value.value if pair.value else ""
            kind = token_in(value)
            named = names_secret(pair.name) and each.keyword != "LABEL"
            given = pair.value is None or not pair.value.known
            if kind:
                yield Fail(
                    f"{each.keyword} {pair.name} holds {kind}", pair.name, severity=Severity.CRITICAL, line=pair.line
                )
            elif named and given:
                what = "is given to the build" if each.keyword == "ARG" else "is kept in the image"
                yield Fail(f"{each.keyword} {pair.name}: by its name a secret, which {what}", pair.name, line=pair.line)
            elif named and is_value(value):
                yield Fail(f"{each.keyword} {pair.name} holds a secret in clear", pair.name, line=pair.line)
