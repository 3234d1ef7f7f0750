"""IMG-DF-012."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-012",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/reference/dockerfile/#add"],
    passes=[
        gold(build=f"ADD --checksum=sha256:{'d' * 64} https://example.com/x.tgz /tmp/"),
        gold(build="ADD https://github.com/o/r.git#0123456789abcdef0123456789abcdef01234567 /r"),
    ],
    fails=[gold(build="ADD https://example.com/x.tgz /tmp/"), gold(build="ADD https://github.com/o/r.git#main /r")],
)
def add_of_url(dockerfile: Dockerfile) -> Verdicts:
    """ADD fetches from the network, and nothing verifies what comes.

    ## Why it matters
    The file is whatever lies at that address on the day of the build. It ends in a layer of its own, where nothing
    can be removed from it.

    ## Fix
    Say which bytes you mean; a repository of git by its commit.

        ADD --checksum=sha256:… https://example.com/x.tgz /tmp/
    """
    for each in instructions(dockerfile.stages, "ADD"):
        for word in each.words[:-1]:
            remote = re.match(r"(?i)(?:https?|ftp|git|ssh)://|git@", word.value)
            pinned = each.flag("checksum") or re.search(r"#[0-9a-f]{40}(?::|$)", word.value)
            if remote and not pinned:
                yield at(
                    each,
                    f"nothing verifies what ADD fetches: {cut(word.value)}",
                    field=f"ADD {word.value.partition('?')[0]}",
                )
