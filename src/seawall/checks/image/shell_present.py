"""IMG-001: The image holds a shell."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import judged
from seawall.model import Image, Program, Severity


@check(
    "IMG-001",
    severity=Severity.MEDIUM,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://github.com/GoogleContainerTools/distroless"],
    passes=[GOLD_IMAGE],
    fails=[changed(programs=tool("dash", path="app/data")), changed(programs=tool("busybox", applets=("ls", "sh")))],
    unknowns=[changed(programs=(Program(path="app/server", kind="elf", packed=True),))],
)
def shell_present(image: Image) -> Verdicts:
    """The image holds a shell.

    ## Why it matters
    Whoever gets code to run in the container has with a shell the means to look around, to write scripts, and to
    chain commands. Most ready-made exploits start one. It is found by what it is, under any name, and as an
    applet of BusyBox.

    ## Fix
    Start the program itself, in the exec form, and take a base without a shell (distroless, chiseled, Azure Linux
    distroless). What a script does before the start belongs into an init container or a ConfigMap. To look
    into a running container, use `kubectl debug`.
    """
    yield from judged(image, "shell")
