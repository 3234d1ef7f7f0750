"""IMG-017: Repositories or build files were copied into the image."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Leftover, Severity


@check(
    "IMG-017",
    severity=Severity.MEDIUM,
    refs=["https://www.cisecurity.org/benchmark/docker", "https://docs.docker.com/build/building/best-practices/"],
    passes=[GOLD_IMAGE],
    fails=[changed(leftovers=(Leftover(path="app/.git", kind="source", what="a git repository with its history"),))],
)
def sources_shipped(image: Image) -> Verdicts:
    """Repositories or build files were copied into the image.

    ## Why it matters
    A repository carries its whole history: source, names, and secrets that were deleted years ago. Build files
    tell an attacker how the rest is made.

    ## Fix
    Name what is to be copied, or exclude it: put `.git` and the like into .dockerignore.
    """
    for each in contents_of(image).leftovers:
        if each.kind != "cache":
            yield Fail(f"/{each.path} holds {each.what}", field=each.path)
