"""IMG-DF-006."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import cut, gold, instructions, of
from seawall.checks.downloads import keeps, verifies
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-006",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/reference/dockerfile/#add---checksum"],
    passes=[
        gold(build="RUN curl -fsSLo t.tgz https://example.com/t && echo 'abc  t.tgz' | sha256sum -c - && tar xf t.tgz"),
        gold(build="RUN curl -f https://example.com/health"),
        gold(build="RUN wget https://example.com/t.gpg https://example.com/t && gpg --verify t.gpg t"),
    ],
    fails=[
        gold(build="RUN curl -fsSLo /usr/bin/t https://example.com/t && chmod +x /usr/bin/t"),
        gold(build="RUN wget -q https://example.com/t.tgz"),
        gold(build="RUN curl -fsSL https://example.com/t.tgz | tar -xz -C /opt"),
    ],
)
def download_not_verified(dockerfile: Dockerfile) -> Verdicts:
    """A file from the network goes into the image without its digest or signature being compared.

    ## Why it matters
    A release can be replaced where it lies. TLS says which server sent the file, not that it is still the file that
    somebody looked at.

    ## Fix
    Compare the digest in the same step, or let BuildKit do it.

        ADD --checksum=sha256:… https://example.com/tool-1.2.tar.gz /tmp/
    """
    for each in instructions(dockerfile.stages, "RUN"):
        if any(verifies(command) for command in each.commands):
            continue
        for index, command in enumerate(each.commands):
            piped = (
                index + 1 < len(each.commands)
                and each.commands[index + 1].joined == "|"
                and each.commands[index + 1].program
                in ("tar", "gunzip", "unzip", "zcat", "bsdtar", "tee", "dd", "xz", "gzip", "bunzip2")
            )
            if command.program in ("curl", "wget") and (piped or keeps(command)) and not command.within:
                yield of(command, f"nothing verifies what {command.program} fetches: {cut(command.text)}")
