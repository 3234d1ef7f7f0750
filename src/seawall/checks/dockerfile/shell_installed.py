"""IMG-DF-020."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, gold, instructions
from seawall.checks.installs import (
    SHELLS,
    installed,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-020",
    severity=Severity.LOW,
    refs=["https://github.com/GoogleContainerTools/distroless#why-should-i-use-distroless-images"],
    passes=[gold(build="RUN apk add --no-cache bash=5")],
    fails=[
        gold(final="RUN apk add --no-cache bash=5"),
        gold(final="COPY --from=busybox@sha256:" + "c" * 64 + " /bin/busybox /bin/sh"),
    ],
)
def shell_installed(dockerfile: Dockerfile) -> Verdicts:
    """A shell is put into the image that runs.

    ## Why it matters
    A shell turns a flaw that runs one command into a session, and most exploits that are published count on one.

    ## Fix
    Start the program itself, in exec form, without a script around it; leave the shell to the build stage.

        ENTRYPOINT ["/app"]
    """
    yield from installed(dockerfile, SHELLS, "a shell")
    for each in instructions(dockerfile.shipped, "COPY"):
        brought = next(
            (
                word.value
                for word in each.words
                if re.search(r"/s?bin/(?:sh|bash|ash|dash|zsh|busybox|toybox)$", word.value)
            ),
            "",
        )
        if each.flag("from") and brought:
            yield at(each, f"{brought} is copied into the image that runs", field=f"COPY {brought}")
