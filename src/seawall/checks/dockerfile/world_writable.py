"""IMG-DF-023."""

from __future__ import annotations

import itertools
import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, commands, cut, gold, instructions, of
from seawall.model import Severity
from seawall.model.dockerfile import Command, Dockerfile


@check(
    "IMG-DF-023",
    severity=Severity.MEDIUM,
    refs=["https://cwe.mitre.org/data/definitions/732.html"],
    passes=[
        gold(build="RUN chmod 755 /x && chmod -R g=u /y && chmod 1777 /tmp && chmod 600 777"),
        gold(final="COPY --chmod=0555 --from=build /a /b"),
    ],
    fails=[
        gold(final="RUN chmod 777 /x"),
        gold(final="RUN chmod -R a+rwx /app"),
        gold(final="COPY --chmod=777 --from=build /a /b"),
        gold(final="RUN chmod o+w,g+r /x"),
        gold(final="RUN install -m 0666 a /b"),
    ],
)
def world_writable(dockerfile: Dockerfile) -> Verdicts:
    """Everyone may write a file.

    ## Why it matters
    Whoever runs as any user of the container can put own code in the place of what runs next, with the rights of
    whoever runs it.

    ## Fix
    Give the file to the user that writes it, and leave programs and configuration to root, read only.

        COPY --chown=65532:65532 data/ /data/
    """
    for command in commands(dockerfile.shipped):
        mode = _mode(command)
        if mode and _open(mode):
            yield of(command, f"everyone may write: {cut(command.text)}")
    for each in instructions(dockerfile.shipped, "COPY", "ADD"):
        flag = each.flag("chmod")
        if flag and _open(flag.value):
            yield at(each, f"everyone may write: --chmod={flag.value}")


def _mode(command: Command) -> str:
    if command.program == "chmod":
        return next((value for value in command.values if not re.fullmatch(r"-[a-zA-Z-]*[^rwxXst]|--\w.*", value)), "")
    values = command.values
    modes = [value for option, value in itertools.pairwise(values) if option in ("-m", "--mode")]
    return modes[0] if command.program in ("install", "mkdir") and modes else ""


def _open(mode: str) -> bool:
    if re.fullmatch(r"[0-7]{3,5}", mode):
        return bool(int(mode[-1]) & 2) and not (len(mode) > 3 and int(mode[-4]) & 1)
    return (
        any(re.fullmatch(r"(?:[ug]*[oa][ugoa]*|)[+=][rxXst]*w[rwxXst]*", part) for part in mode.split(","))
        and "+t" not in mode
    )
