"""IMG-DF-035."""

from __future__ import annotations

import re

from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-035",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/build/building/best-practices/#workdir"],
    passes=[gold(build="WORKDIR /a\nWORKDIR b"), gold(build="WORKDIR C:\\\\app"), gold(build="ENV D=/srv\nWORKDIR $D")],
    fails=["FROM alpine:3.22\nWORKDIR app\n", "FROM alpine:3.22\nCOPY a b\n"],
    unknowns=["FROM alpine:3.22\nARG D\nWORKDIR $D\n"],
)
def workdir_relative(dockerfile: Dockerfile) -> Verdicts:
    """WORKDIR, or the target of COPY, is relative to a folder that only the base image knows.

    ## Why it matters
    Where files land changes when the base image does; they may then lie where another user can write.

    ## Fix
    Say where, from the root on.

        WORKDIR /app
    """
    for stage in dockerfile.stages:
        absolute = stage.parent is not None
        for each in stage.of("WORKDIR", "COPY", "ADD"):
            if each.keyword != "WORKDIR":
                target = each.words[-1] if len(each.words) > 1 else None
                if target and target.known and not absolute and not re.match(r"[/\\$]|[A-Za-z]:", target.value):
                    yield at(each, f"{each.keyword} to {cut(target.text)} is relative to a folder of the base image")
                continue
            word = each.words[0] if each.words else None
            if word and not word.known and word.value.startswith("$") and not absolute:
                yield Undecided(f"cannot be decided: {cut(word.text)} is given to the build", "", line=each.line)
                break
            if re.match(r"[/\\]|[A-Za-z]:", each.text.strip("\"'")) or (word and word.value.startswith("/")):
                absolute = True
            elif not absolute:
                yield at(each, f"WORKDIR {cut(each.text)} is relative to a folder of the base image")
