"""IMG-DF-009."""

from __future__ import annotations

import itertools
import re

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.credentials import is_value, names_secret, token_in
from seawall.checks.dockerfiles import at, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Command, Dockerfile


@check(
    "IMG-DF-009",
    severity=Severity.HIGH,
    refs=["https://docs.docker.com/build/building/secrets/"],
    passes=[
        gold(
            build='RUN --mount=type=secret,id=t curl -f -H "Authorization: Bearer $(cat /run/secrets/t)" https://example.com'
        ),
        gold(build="RUN apk add --no-cache libcrypto3=3.5.1-r0 && mysql --password-file=/run/secrets/p"),
    ],
    fails=[
        gold(build="RUN git clone https://bot:ghs3cretvalue@github.com/org/private"),
        gold(build="RUN mysql --password=hunter2secret -e 'select 1'"),
        gold(build="RUN curl -f -H 'Authorization: Bearer abcdef0123456789' https://example.com/"),
        gold(build="RUN export API_TOKEN=abcdef0123456789 && make"),
        gold(build="RUN curl -u admin:hunter2secret https://example.com/"),
        gold(build="COPY <<EOF /root/.key\n-----BEGIN PRIVATE" + " KEY-----\nEOF"),
    ],
)
def secret_in_command(dockerfile: Dockerfile) -> Verdicts:
    """A secret stands in a command.

    ## Why it matters
    The command is kept in the history of the image, and the Dockerfile in that of the repository. Everyone who can
    read one of them has the secret.

    ## Fix
    Mount the secret for the step that needs it, and replace the one that stood here: it is known.

        RUN --mount=type=secret,id=token curl -H "Authorization: Bearer $(cat /run/secrets/token)" …
    """
    for each in instructions(dockerfile.stages, "RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        for command in each.commands:
            if kind := token_in(command.text) or _told(command):
                yield Fail(
                    f"{kind} stands in a command of {command.program or 'the shell'}",
                    f"{each.keyword} {command.program}",
                    line=command.line,
                )
    for each in instructions(dockerfile.stages, "RUN", "COPY", "ADD"):
        for heredoc in each.heredocs:
            kind = token_in(heredoc.body)
            if kind and not any(token_in(command.text) for command in each.commands):
                yield at(each, f"{kind} stands in the text {heredoc.name}")


def _told(command: Command) -> str:
    """What the command says in clear, by the names of its options and variables."""
    arguments = command.arguments
    words = (*command.assigned, *(arguments if command.program in ("export", "env", "set") else ()))
    for word in (*words, *(each for each in arguments if each.value.startswith("--"))):
        name, equals, value = word.value.partition("=")
        plain = name.lstrip("-").replace("-", "_")
        if equals and word.known and "$" not in value and names_secret(plain) and len(value) >= 4 and is_value(value):
            return "a secret"
    for option, given in itertools.pairwise(arguments):
        if (
            command.program == "curl"
            and option.value in ("-u", "--user")
            and re.fullmatch(r"[^:$]+:[^:$]+", given.value)
        ):
            return "a password"
        if _BEARER.search(given.value) and "$" not in given.value:
            return "a token"
    return ""


_BEARER = re.compile(
    r"(?i)^(?:authorization|x-api-key|private-token|x-auth-token):\s*(?:(?:bearer|basic|token)\s+)?[\w+/=.-]{12,}$"
)
