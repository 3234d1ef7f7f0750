"""IMG-DF-028."""

from __future__ import annotations

import re

from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import commands, cut, gold, of
from seawall.checks.installs import (
    RPM,
    Install,
    install,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-028",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/build/building/best-practices/#apt-get"],
    passes=[
        gold(build="RUN apk add --no-cache git=2.49.1-r0 && pip install --no-cache-dir -r requirements.txt x==1"),
        gold(build="RUN npm ci && npm install -g yarn@1.22.22 && npm cache clean --force && gem install x:1.2"),
        gold(build="RUN tdnf install -y git-2.45 ./local.rpm && tdnf clean all"),
    ],
    fails=[
        gold(build="RUN apk add --no-cache git"),
        gold(build="RUN apt-get install -y --no-install-recommends git=1 make"),
        gold(build="RUN pip install --no-cache-dir flask 'jinja2>=3'"),
        gold(build="RUN npm install -g yarn && npm cache clean --force"),
        gold(build="RUN gem install rails"),
        gold(build="RUN dnf install -y git && dnf clean all"),
    ],
    unknowns=[gold(build="ARG PACKAGES\nRUN apk add --no-cache $PACKAGES")],
)
def version_unpinned(dockerfile: Dockerfile) -> Verdicts:
    """Packages are installed in whatever version is the newest.

    ## Why it matters
    Two builds of one commit differ, and a package of an attacker, published for an hour, is installed without a line
    of the repository changing.

    ## Fix
    Pin the versions; for Python and Node, by a lock file with hashes.

        RUN pip install --no-cache-dir --require-hashes -r requirements.txt
    """
    for command in commands(dockerfile.stages):
        found = install(command)
        if not found:
            continue
        loose = [word for word in found.packages if word.known and not _pinned(found, word.value)]
        dark = [word for word in found.packages if not word.known and not _pinned(found, word.value)]
        if loose:
            yield of(command, f"without a version: {cut(', '.join(word.value for word in loose))}")
        elif dark:
            yield Undecided(
                f"cannot be decided: what {cut(dark[0].text)} holds is given to the build",
                f"RUN {found.manager}",
                line=command.line,
            )


def _pinned(found: Install, value: str) -> bool:
    if re.match(r"[./~]|\w+:/|git\+", value) or re.search(r"\.(?:deb|rpm|apk|whl|t?gz|gem|zip)$", value):
        return True
    if found.manager in ("npm", "yarn", "pnpm"):
        return "@" in value[1:] and not value.endswith(("@latest", "@next"))
    if found.manager == "gem":
        return ":" in value or any(
            option in ("-v", "--version") or option.startswith(("-v", "--version=")) for option in found.options
        )
    if found.manager in RPM:
        return bool(re.search(r"[-=]\d|\$", value))
    if found.manager == "pip":
        return bool(re.search(r"===?[^*]+$|@ ", value))
    return value.startswith(".") or (bool(re.search(r"=[^=]", value)) and "<" not in value) or "~" in value[1:]
