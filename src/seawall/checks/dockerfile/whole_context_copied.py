"""IMG-DF-029."""

from __future__ import annotations

import re

from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-029",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    passes=[gold(build="COPY src/ ./"), gold(final="COPY --from=build . /x/")],
    fails=[gold(final="COPY . ."), gold(final="ADD . /app/"), gold(final="COPY ./ /srv")],
    unknowns=[gold(build="COPY . .")],
)
def whole_context_copied(dockerfile: Dockerfile) -> Verdicts:
    """The whole folder of the build is copied.

    ## Why it matters
    With it come what lies there by chance: `.git` with its history, `.env`, keys, test data. In a build stage, a
    .dockerignore keeps those out; in the image that runs, only what is named should arrive.

    ## Fix
    Name what is needed, and keep a .dockerignore that leaves out everything else (`*`, then `!src`).

        COPY src/ ./src/
    """
    ships = {id(each) for each in instructions(dockerfile.shipped, "COPY", "ADD")}
    for each in instructions(dockerfile.stages, "COPY", "ADD"):
        if each.flag("from") or not any(re.fullmatch(r"\.?/?|\./\.|\*|\./\*", word.value) for word in each.words[:-1]):
            continue
        if dockerfile.ignored:
            continue
        if dockerfile.ignored is False or id(each) in ships:
            why = "and no .dockerignore stands beside it" if dockerfile.ignored is False else "into the image that runs"
            yield at(each, f"the whole folder is copied, {why}")
        else:
            yield Undecided(
                "cannot be decided: whether a .dockerignore stands beside it is not known", "", line=each.line
            )
