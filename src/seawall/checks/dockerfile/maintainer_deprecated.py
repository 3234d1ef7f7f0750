"""IMG-DF-038."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile, Edit


@check(
    "IMG-DF-038",
    severity=Severity.INFO,
    refs=["https://docs.docker.com/reference/dockerfile/#maintainer-deprecated"],
    passes=[gold(build='LABEL org.opencontainers.image.authors="a@example.com"')],
    fails=[gold(build="MAINTAINER a@example.com")],
)
def maintainer_deprecated(dockerfile: Dockerfile) -> Verdicts:
    """MAINTAINER is deprecated.

    ## Why it matters
    Nothing reads it any more, so nobody finds whom to tell about a flaw in the image.

    ## Fix
    Say it in a label that registries and scanners show.

        LABEL org.opencontainers.image.authors="team@example.com"
    """
    for each in instructions(dockerfile.stages, "MAINTAINER"):
        text = each.text.strip().strip("\"'").replace("\\", "").replace('"', "'").replace("$", "")
        own = any(each in stage.instructions for stage in dockerfile.stages)
        label = f'LABEL org.opencontainers.image.authors="{text}"'
        edit = Edit(line=each.line, column=each.column, old=f"MAINTAINER {each.text}", text=label)
        yield at(
            each, f"MAINTAINER {cut(each.text)}", field=" ", edits=(edit,) if own and each.line == each.end else ()
        )
