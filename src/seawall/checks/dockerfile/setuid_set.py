"""IMG-DF-024."""

from __future__ import annotations

import re

import msgspec

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import commands, cut, gold, of
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-024",
    severity=Severity.HIGH,
    refs=["https://attack.mitre.org/techniques/T1548/001/"],
    passes=[gold(build="RUN chmod u+s /x"), gold(final="RUN chmod u-s /x && chmod 0755 /y && chmod +t /tmp")],
    fails=[
        gold(final="RUN chmod u+s /usr/bin/x"),
        gold(final="RUN chmod 4755 /x"),
        gold(final="RUN chmod -R 2775 /srv"),
        gold(final="RUN setcap cap_net_admin+ep /x"),
    ],
)
def setuid_set(dockerfile: Dockerfile) -> Verdicts:
    """A program gets the rights of root, or capabilities, whoever starts it.

    ## Why it matters
    A setuid program or a file capability lifts a process above its user. `runAsNonRoot` does not help against it;
    only `allowPrivilegeEscalation: false` does, where it is set.

    ## Fix
    Leave the bit away. For a port below 1024, listen on a higher one and let the Service map it.

        RUN chmod u-s /usr/bin/tool
    """
    for command in commands(dockerfile.shipped):
        values = command.values
        bits = [value for value in values if re.fullmatch(r"0?[2-7][0-7]{3}", value) and int(value[-4]) & 6]
        words = [value for value in values if re.fullmatch(r"[ugoa]*\+[rwxXt]*s[rwxXst]*(?:,.*)?", value)]
        if command.program == "chmod" and (
            bits[:1] == [value for value in values if not value.startswith("-")][:1] != [] or words
        ):
            yield of(command, f"setuid or setgid is set: {cut(command.text)}")
        elif command.program == "setcap" and "-r" not in values:
            narrow = values and re.match(r"'?cap_net_bind_service[+=]", values[0])
            said = of(command, f"capabilities are given to a file: {cut(command.text)}")
            yield msgspec.structs.replace(said, severity=Severity.LOW) if narrow else said
