"""IMG-DF-037."""

from __future__ import annotations

import re

from seawall.checks.base_images import sources
from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-037",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/multi-stage/#use-an-external-image-as-a-stage"],
    passes=[
        gold(),
        gold(build=f"COPY --from=registry.example.com/x@sha256:{'c' * 64} /a /b"),
        gold(final="COPY --from=0 /a /b"),
    ],
    fails=[
        gold(final="COPY --from=biuld /a /b"),
        gold(final="COPY --from=7 /a /b"),
        gold(final="RUN --mount=type=bind,from=biuld,target=/x true"),
    ],
    unknowns=[gold(final="ARG S\nCOPY --from=$S /a /b")],
)
def stage_unknown(dockerfile: Dockerfile) -> Verdicts:
    """Files are copied from a stage that there is not.

    ## Why it matters
    Docker then pulls an image of that name from Docker Hub. A misspelled stage copies from whatever somebody has
    published under that name.

    ## Fix
    Name the stage as its FROM does, or the image with its registry and digest.

        COPY --from=build /out/app /app
    """
    for stage in dockerfile.stages:
        names = {name for one in dockerfile.stages[: stage.index] for name in (one.name, str(one.index)) if name}
        for each in instructions((stage,), "COPY", "ADD", "RUN"):
            for word in sources(each):
                if not word.known:
                    yield Undecided(
                        f"cannot be decided: the stage {cut(word.text)} is given to the build", "", line=each.line
                    )
                elif word.value.lower() not in names and re.fullmatch(r"[\w-]+", word.value):
                    yield at(each, f"there is no stage {cut(word.value)} above", field=f"--from={word.value}")
