"""IMG-018: A build step adds a file from the network without checking it."""

from __future__ import annotations

import re

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.model import Image, Severity

ADDED = re.compile(r"\bADD (?:--\S+ )*(?:\S+ )*?(https?://[^\s/@]*[^\s@]*)")


@check(
    "IMG-018",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/reference/dockerfile/#add", "https://www.cisecurity.org/benchmark/docker"],
    passes=[GOLD_IMAGE],
    fails=[
        changed(history=("ADD https://example.com/tool.tgz /opt/ # buildkit",)),
        changed(history=("/bin/sh -c #(nop) ADD http://example.com/a in /a ",)),
    ],
)
def remote_file_added(image: Image) -> Verdicts:
    """A build step adds a file from the network without checking it.

    ## Why it matters
    What the server sends on the day of the build is in the image, whoever controls that server or the way to it
    on that day.

    ## Fix
    Say which bytes are meant, `ADD --checksum=sha256:…`, or fetch and verify it in a build stage.
    """
    for number, step in enumerate(image.history, 1):
        if (found := ADDED.search(step)) and "--checksum" not in step:
            yield Fail(f"build step {number} adds {found[1]}", field=f"history.{number}")
