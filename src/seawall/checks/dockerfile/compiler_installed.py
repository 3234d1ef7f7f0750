"""IMG-DF-019."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold
from seawall.checks.installs import (
    COMPILERS,
    installed,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-019",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/multi-stage/"],
    passes=[
        gold(build="RUN apk add --no-cache build-base=1"),
        gold(final="RUN apk add --no-cache --virtual .b gcc=1 && make && apk del .b"),
    ],
    fails=[
        gold(final="RUN apk add --no-cache gcc=14 musl-dev=1"),
        gold(final="RUN apt-get install -y --no-install-recommends build-essential=12 && rm -rf /var/lib/apt/lists/*"),
    ],
)
def compiler_installed(dockerfile: Dockerfile) -> Verdicts:
    """A compiler or its headers are installed in the image that runs.

    ## Why it matters
    An intruder builds tools and exploits where they are to run, and hundreds of megabytes of packages bring their own
    vulnerabilities.

    ## Fix
    Compile in a build stage and copy the result; for Python, build wheels there.

        COPY --from=build /wheels /wheels
    """
    yield from installed(dockerfile, COMPILERS, "a compiler or its headers")
