"""IMG-002: The image holds a package manager."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import judged
from seawall.model import Image, Program, Severity


@check(
    "IMG-002",
    severity=Severity.MEDIUM,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://github.com/GoogleContainerTools/distroless"],
    passes=[GOLD_IMAGE],
    fails=[changed(programs=tool("apt")), changed(programs=tool("apk", path="x"))],
    unknowns=[changed(programs=(Program(path="app/server", kind="elf", packed=True),))],
)
def package_manager_present(image: Image) -> Verdicts:
    """The image holds a package manager.

    ## Why it matters
    A package manager fetches whatever an attacker lacks, from servers that firewalls often let through. Removed
    in a later build step it still ships in the layer below.

    ## Fix
    Install in one build stage, and copy only what is needed into a last stage whose base has no package manager.
    """
    yield from judged(image, "package manager")
