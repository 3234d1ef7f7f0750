"""IMG-DF-016."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import cut, gold, instructions, of
from seawall.checks.installs import APT, RPM, install
from seawall.model import Severity
from seawall.model.dockerfile import Command, Dockerfile


@check(
    "IMG-DF-016",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/multi-stage/"],
    passes=[
        gold(build="RUN apk del git"),
        gold(final="RUN apk add --no-cache curl=8 && x && apk del curl"),
        gold(final='RUN ["/x"]'),
    ],
    fails=[
        gold(final="RUN apk --purge del apk-tools"),
        gold(final="RUN rm -rf /sbin/apk /etc/apk"),
        gold(final="RUN apt-get purge -y --allow-remove-essential apt"),
        gold(final="RUN dpkg --purge --force-all apt dpkg"),
        gold(final="RUN rm -f /bin/sh"),
    ],
)
def package_manager_removed_late(dockerfile: Dockerfile) -> Verdicts:
    """A package manager, shell or client is removed in a step of its own: it is still in the layer below.

    ## Why it matters
    The container does not see it, the image still has it: scanners of files find it, it is pulled, and whoever can
    start the image's lower layer has it. What depended on it is broken, too.

    ## Fix
    Copy what the application needs from a build stage into a base image that never had it.

        FROM gcr.io/distroless/base-debian12:nonroot
        COPY --from=build /out/app /app
    """
    for each in instructions(dockerfile.shipped, "RUN"):
        own = {name for command in each.commands if (found := install(command)) for name in found.names}
        for command in each.commands:
            gone = next((value for value in _removed(command) if value.rpartition("/")[2] not in own), "")
            if gone:
                yield of(command, f"{cut(gone)} is removed here, and the layers below still hold it")


def _removed(command: Command) -> Iterator[str]:
    """The tools that it removes, by path or by package."""
    by_path = command.program in ("rm", "unlink")
    by_package = command.program in (*APT, *RPM, "apk", "dpkg", "rpm") and _VERBS.intersection(command.values)
    for value in command.values if by_path or by_package else ():
        path = value.rstrip("/*")
        if path.rpartition("/")[2] in _TOOLS and (by_package or re.search(r"/s?bin/|/apk$", path)):
            yield path


_VERBS = frozenset(("del", "remove", "purge", "erase", "autoremove", "-e", "-r", "-P", "--purge", "--remove"))
_TOOLS = frozenset(
    [
        "apk",
        "apk-tools",
        "apt",
        "apt-get",
        "dpkg",
        "rpm",
        "dnf",
        "yum",
        "microdnf",
        "tdnf",
        "zypper",
        "sh",
        "bash",
        "ash",
        "busybox",
        "curl",
        "wget",
        "nc",
        "pip",
        "pip3",
        "npm",
    ]
)
