"""IMG-DF-026."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import commands, cut, gold, of
from seawall.checks.installs import (
    APT,
    RPM,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-026",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often"],
    passes=[gold(build="RUN apt-get update && apt-get install -y --no-install-recommends x=1")],
    fails=[
        gold(build="RUN apt-get update && apt-get -y dist-upgrade"),
        gold(build="RUN apk upgrade --no-cache"),
        gold(build="RUN tdnf -y update && tdnf clean all"),
    ],
)
def distribution_upgraded(dockerfile: Dockerfile) -> Verdicts:
    """The build upgrades every package of its base.

    ## Why it matters
    What comes out depends on the day, and the build cache keeps it from running again: an image that looks patched
    stays as old as its cache. The old packages stay in the layer below.

    ## Fix
    Take a newer base by its digest, rebuild often, and upgrade by name what cannot wait for the base.

        RUN apt-get update && apt-get install -y --only-upgrade openssl
    """
    for command in commands(dockerfile.stages):
        values = [value for value in command.values if not value.startswith("-")]
        verbs = _VERBS.get(command.program, ())
        if values and values[0] in verbs and len(values) == 1:
            yield of(command, f"every package is upgraded: {cut(command.text)}")


_VERBS = {
    **dict.fromkeys(APT, ("upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade")),
    **dict.fromkeys(RPM, ("upgrade", "update", "distro-sync", "dist-upgrade", "dup", "up")),
    "apk": ("upgrade",), "zypper": ("update", "up", "dup", "dist-upgrade", "patch"),
}  # fmt: skip
