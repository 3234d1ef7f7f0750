"""IMG-006: The image holds a debugger or a tracer."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import judged
from seawall.model import Image, Program, Severity


@check(
    "IMG-006",
    severity=Severity.MEDIUM,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://gtfobins.github.io/"],
    passes=[GOLD_IMAGE],
    fails=[changed(programs=tool("gdb")), changed(programs=tool("strace"))],
    unknowns=[changed(programs=(Program(path="app/server", kind="elf", packed=True),))],
)
def debugger_present(image: Image) -> Verdicts:
    """The image holds a debugger or a tracer.

    ## Why it matters
    A debugger reads keys and passwords out of the memory of other processes of the same user, and changes what
    they do.

    ## Fix
    Leave it out. `kubectl debug --image=… --target=…` brings one beside a running container when it is needed,
    and it leaves with it.
    """
    yield from judged(image, "debugger")
