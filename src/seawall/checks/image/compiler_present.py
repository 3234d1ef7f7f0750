"""IMG-005: The image holds a compiler or a linker."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import judged
from seawall.model import Image, Program, Severity


@check(
    "IMG-005",
    severity=Severity.MEDIUM,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://github.com/GoogleContainerTools/distroless"],
    passes=[GOLD_IMAGE],
    fails=[changed(programs=tool("gcc")), changed(programs=tool("tcc", path="tmp/x"))],
    unknowns=[changed(programs=(Program(path="app/server", kind="elf", packed=True),))],
)
def compiler_present(image: Image) -> Verdicts:
    """The image holds a compiler or a linker.

    ## Why it matters
    With a compiler, exploits for the kernel of the node are built on the spot, for exactly that kernel. The
    largest part of an image is often its build tools.

    ## Fix
    Compile in one build stage, and copy only the result into the last stage. For Python, build wheels in the
    first stage.
    """
    yield from judged(image, "compiler")
