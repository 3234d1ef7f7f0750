"""IMG-DF-007."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, commands, cut, gold, instructions, of
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-007",
    severity=Severity.MEDIUM,
    refs=["https://cwe.mitre.org/data/definitions/319.html"],
    passes=[
        gold(build="RUN curl -f https://example.com/x"),
        gold(build="RUN curl -f http://localhost:8080/ http://127.0.0.1/"),
    ],
    fails=[
        gold(build="RUN wget http://example.com/x"),
        gold(build="ADD http://example.com/x.tgz /tmp/"),
        gold(build="RUN pip install --no-cache-dir -i http://pypi.example.com/simple x==1"),
    ],
)
def download_in_clear(dockerfile: Dockerfile) -> Verdicts:
    """A download is neither encrypted nor authenticated.

    ## Why it matters
    Over `http://`, `ftp://` or `git://` everyone on the way can put something else in the place of what is fetched.

    ## Fix
    Use the address with `https://`; where a server has none, mirror the file to one that has.

        ADD --checksum=sha256:… https://example.com/x.tgz /tmp/
    """
    for command in commands(dockerfile.stages):
        tool = command.program in (
            "curl",
            "wget",
            "git",
            "pip",
            "pip3",
            "npm",
            "gem",
            "rpm",
            "yum",
            "dnf",
            "apk",
            "aria2c",
        )
        clear = next((value for value in command.values if tool and _CLEAR.search(value)), "")
        if clear:
            yield of(command, f"fetched in clear: {cut(clear)}")
    for each in instructions(dockerfile.stages, "ADD"):
        if any(_CLEAR.match(word.value) for word in each.words[:-1]):
            yield at(each, f"fetched in clear: {cut(each.text)}")


_CLEAR = re.compile(
    r"(?i)^(?:--[\w-]+=)?(?:http|ftp|git)://(?!localhost|127\.|\[::1\]|0\.0\.0\.0|host\.docker\.internal)"
)
