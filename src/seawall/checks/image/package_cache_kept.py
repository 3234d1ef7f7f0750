"""IMG-013: The cache of a package manager was left in the image."""

from __future__ import annotations

from seawall.checks.check import Fail, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.checks.image_tools import contents_of
from seawall.model import Image, Leftover, Severity


@check(
    "IMG-013",
    severity=Severity.LOW,
    refs=["https://www.cisecurity.org/benchmark/docker", "https://docs.docker.com/build/building/best-practices/"],
    passes=[GOLD_IMAGE],
    fails=[changed(leftovers=(Leftover(path="var/lib/apt/lists", kind="cache", what="the lists of apt"),))],
)
def package_cache_kept(image: Image) -> Verdicts:
    """The cache of a package manager was left in the image.

    ## Why it matters
    It makes the image larger for nothing, and tells how it was built. Lists that are there make it easy to
    install more.

    ## Fix
    Remove it in the same build step that fills it (`rm -rf /var/lib/apt/lists/*`, `apk add --no-cache`, `pip
    install --no-cache-dir`), or mount it as a cache (`RUN --mount=type=cache`).
    """
    for each in contents_of(image).leftovers:
        if each.kind == "cache":
            yield Fail(f"/{each.path} holds {each.what}", field=each.path)
