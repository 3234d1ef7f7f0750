"""IMG-007: The image holds a tool that changes user, root or namespaces."""

from __future__ import annotations

from seawall.checks.check import Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE, tool
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import judged
from seawall.model import Image, Program, Severity


@check(
    "IMG-007",
    severity=Severity.LOW,
    refs=["https://doi.org/10.6028/NIST.SP.800-190", "https://gtfobins.github.io/"],
    passes=[GOLD_IMAGE],
    fails=[changed(programs=tool("sudo")), changed(programs=tool("busybox", applets=("unshare",)))],
    unknowns=[changed(programs=(Program(path="app/server", kind="elf", packed=True),))],
)
def privilege_tool_present(image: Image) -> Verdicts:
    """The image holds a tool that changes user, root or namespaces.

    ## Why it matters
    sudo, su, nsenter, unshare, mount and chroot are the steps from a container to its node where a capability or
    a mount was left open.

    ## Fix
    Leave it out: set the user in the image and in securityContext. To become another user at the start, let
    Kubernetes start the container as that user.
    """
    yield from judged(image, "privilege tool")
