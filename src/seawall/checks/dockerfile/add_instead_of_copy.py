"""IMG-DF-013."""

from __future__ import annotations

import re

from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile, Edit


@check(
    "IMG-DF-013",
    severity=Severity.LOW,
    refs=[
        "https://docs.docker.com/build/building/best-practices/#add-or-copy",
        "https://www.cisecurity.org/benchmark/docker",
    ],
    passes=[
        gold(build="ADD rootfs.tar.xz /"),
        gold(build=f"ADD --checksum=sha256:{'d' * 64} https://example.com/x /x"),
    ],
    fails=[gold(build="ADD app /app"), gold(build='add ["a", "b", "/x/"]')],
    unknowns=[gold(build="ARG SRC\nADD $SRC /x/")],
)
def add_instead_of_copy(dockerfile: Dockerfile) -> Verdicts:
    """ADD is used where COPY does the same.

    ## Why it matters
    ADD unpacks archives and fetches addresses without being asked, so what ends in the image depends on what the
    source happens to be. COPY only copies.

    ## Fix
    Say COPY; ADD is for archives that are to be unpacked and for addresses with a checksum.

        COPY app /app
    """
    for each in instructions(dockerfile.stages, "ADD"):
        sources = each.words[:-1]
        if any(re.match(r"(?i)\w+://|git@", word.value) or _ARCHIVE.search(word.value) for word in sources):
            continue
        if dark := next((word for word in sources if not word.known), None):
            yield Undecided(
                f"cannot be decided: what {cut(dark.text)} is depends on what is given to the build", "", line=each.line
            )
        elif sources:
            own = each in [one for stage in dockerfile.stages for one in stage.instructions]
            edits = (Edit(line=each.line, column=each.column, old="ADD", text="COPY"),) if own else ()
            yield at(each, f"ADD of a plain file: {cut(each.text)}", edits=edits)


_ARCHIVE = re.compile(r"(?i)\.(?:tar|tgz|tbz2?|txz|tar\.\w+|gz|bz2|xz|zst)$|[*?\[]")
