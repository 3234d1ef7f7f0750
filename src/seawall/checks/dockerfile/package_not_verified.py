"""IMG-DF-043."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, commands, cut, gold, instructions, of
from seawall.checks.installs import (
    APT,
    RPM,
)
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-043",
    severity=Severity.HIGH,
    refs=["https://wiki.debian.org/SecureApt", "https://cwe.mitre.org/data/definitions/347.html"],
    passes=[
        gold(build="RUN apt-get install -y --no-install-recommends x=1"),
        gold(build="RUN echo 'deb [signed-by=/k.gpg] https://example.com/ x main' > /etc/apt/sources.list.d/x.list"),
    ],
    fails=[
        gold(build="RUN apt-get install -y --no-install-recommends --allow-unauthenticated x=1"),
        gold(build="RUN apk add --no-cache --allow-untrusted /tmp/x.apk"),
        gold(build="RUN dnf install -y --nogpgcheck x-1 && dnf clean all"),
        gold(build="RUN echo 'deb [trusted=yes] https://example.com/ x main' > /etc/apt/sources.list.d/x.list"),
        gold(build="RUN rpm -i --nosignature /tmp/x.rpm"),
    ],
)
def package_not_verified(dockerfile: Dockerfile) -> Verdicts:
    """Packages are installed without their signature being verified.

    ## Why it matters
    The signature is what tells the distribution's package from one that was put in its place, on the server, a mirror
    or the way. Its scripts run as root in the build.

    ## Fix
    Install the key of the repository and name it, and drop the option.

        deb [signed-by=/usr/share/keyrings/example.gpg] https://example.com/ stable main
    """
    for command in commands(dockerfile.stages):
        text = " ".join((command.program, *command.values))
        manages = command.program in (*APT, *RPM, "apk", "rpm", "dpkg", "apt-key", "yum-config-manager")
        if (manages and _UNSIGNED.search(text)) or "trusted=yes" in text or re.search(r"gpgcheck\s*=\s*0", text):
            yield of(command, f"signatures are not verified: {cut(command.text)}")
    for each in instructions(dockerfile.stages, "COPY", "RUN"):
        for heredoc in each.heredocs:
            if re.search(r"trusted=yes|(?m:^gpgcheck\s*=\s*0)", heredoc.body):
                yield at(each, f"the text {heredoc.name} has packages installed without a signature")


_UNSIGNED = re.compile(
    r"--allow-unauthenticated|--force-yes|--allow-untrusted|--no-?gpg-?checks?|--nosignature|--nodigest"
    r"|--no-gpg-check|AllowUnauthenticated=(?:true|1)|AllowInsecureRepositories=(?:true|1)|gpgcheck=(?:0|false)"
)
