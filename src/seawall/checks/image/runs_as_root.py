"""IMG-010: The container runs as root."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Account, Image, Severity


@check(
    "IMG-010",
    severity=Severity.MEDIUM,
    refs=[
        "https://www.cisecurity.org/benchmark/docker",
        "https://learn.microsoft.com/azure/aks/developer-best-practices-pod-security",
    ],
    passes=[GOLD_IMAGE],
    fails=[
        changed(user=""),
        changed(user="0:0"),
        changed(user="toor", accounts=(Account(path="etc/passwd", name="toor", user=0),)),
    ],
)
def runs_as_root(image: Image) -> Verdicts:
    """The container runs as root.

    ## Why it matters
    Root in the container is root on the node wherever the wall between them has a hole, and inside it may change
    every file. An image that names no user runs as root.

    ## Fix
    Name a user by its number: `USER 10001`. A number is what `runAsNonRoot` in Kubernetes can check.
    """
    user = image.user.partition(":")[0]
    roots = {each.name for each in contents_of(image).accounts if each.path == "etc/passwd" and each.user == 0}
    if user in ("", "root") or user in roots or (user.isdecimal() and int(user) == 0):
        said = (
            f"the image's user is {image.user!r}, which is root" if user else "the image names no user, which is root"
        )
        yield Fail(said, field="user")
