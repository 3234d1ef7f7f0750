"""IMG-009: A file gives capabilities to whoever runs it."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Severity, Special


@check(
    "IMG-009",
    severity=Severity.MEDIUM,
    refs=["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
    passes=[GOLD_IMAGE],
    fails=[
        changed(specials=(Special(path="usr/bin/ping", mode=0o755, user=0, group=0, capabilities=("cap_net_raw",)),))
    ],
)
def capability_file(image: Image) -> Verdicts:
    """A file gives capabilities to whoever runs it.

    ## Why it matters
    File capabilities hand parts of the power of root to any user who starts the program, as setuid does, and most
    tools do not show them.

    ## Fix
    Remove them with `setcap -r`, or give the container the one capability that it needs in securityContext, where
    a policy can see it.
    """
    for each in contents_of(image).specials:
        if each.capabilities:
            yield Fail(f"/{each.path} gives {', '.join(each.capabilities)}", field=each.path)
