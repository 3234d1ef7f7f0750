"""IMG-DF-014."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import gold, instructions, of
from seawall.checks.installs import (
    APT,
    RPM,
    Install,
    after,
    install,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile, Instruction


@check(
    "IMG-DF-014",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/build/building/best-practices/#apt-get"],
    passes=[
        gold(final="RUN apt-get install -y --no-install-recommends tzdata=1 && rm -rf /var/lib/apt/lists/*"),
        gold(build="RUN apt-get update && apt-get install -y --no-install-recommends git=1:2"),
        gold(final="RUN apk add --no-cache tzdata=1"),
        gold(final="RUN --mount=type=cache,target=/var/lib/apt apt-get install -y --no-install-recommends x=1"),
        gold(final="RUN tdnf install -y tzdata-1 && tdnf clean all"),
    ],
    fails=[
        gold(final="RUN apt-get update && apt-get install -y --no-install-recommends tzdata=1"),
        gold(final="RUN apk add tzdata=1"),
        gold(final="RUN dnf install -y tzdata-1\nRUN dnf clean all"),
        gold(final="RUN zypper install -y tzdata=1"),
    ],
)
def package_lists_kept(dockerfile: Dockerfile) -> Verdicts:
    """The package manager's lists and caches stay in the layer.

    ## Why it matters
    They make the image larger, and they lie: what they say of versions is as old as the layer. A later step that
    deletes them only hides them.

    ## Fix
    Clean up in the same RUN, or keep the cache out of the image with a cache mount.

        RUN apt-get update && apt-get install -y --no-install-recommends tzdata && rm -rf /var/lib/apt/lists/*
    """
    for each in instructions(dockerfile.shipped, "RUN"):
        said = set()
        for command in each.commands:
            found = install(command)
            kind = _KINDS.get(found.manager) if found else None
            if found and kind and kind not in said and not _cleaned(each, kind, found):
                said.add(kind)
                edits = (after(found.verb, " --no-cache"),)
                yield of(
                    command, f"the lists of {found.manager} stay in the layer", edits=edits if kind == "apk" else ()
                )


_KINDS = {**dict.fromkeys(APT, "apt"), **dict.fromkeys(RPM, "rpm"), "apk": "apk"}
_PATHS = {"apt": "/var/lib/apt", "apk": "/var/cache/apk", "rpm": "/var/cache"}


def _cleaned(each: Instruction, kind: str, found: Install) -> bool:
    mounts = [
        value.value for name, value in each.flags if name == "mount" and re.search(r"type=(?:cache|tmpfs)", value.value)
    ]
    if any(_PATHS[kind] in mount or "/etc/apk" in mount for mount in mounts) or "--no-cache" in found.options:
        return True
    for command in each.commands:
        if command.program == "rm" and any(
            _PATHS[kind] in value or (value.startswith("/var/cache") and kind == "rpm") for value in command.values
        ):
            return True
        if kind == "rpm" and command.program in RPM and {"clean", "cc"}.intersection(command.values):
            return True
    return False
