"""IMG-022: The image does not say of which bytes of its base it was built."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.image_gold import GOLD_IMAGE
from seawall.checks.image_gold import image as changed
from seawall.model import Image, Severity


@check(
    "IMG-022",
    severity=Severity.LOW,
    refs=["https://github.com/opencontainers/image-spec/blob/main/annotations.md"],
    passes=[GOLD_IMAGE],
    fails=[changed(labels={"org.opencontainers.image.base.name": "debian:12"})],
    unknowns=[changed(labels={})],
)
def base_not_pinned(image: Image) -> Verdicts:
    """The image does not say of which bytes of its base it was built.

    ## Why it matters
    A base named by its tag is another one tomorrow: the build cannot be repeated, and nobody can tell which
    images a bad base is in.

    ## Fix
    Pin it, `FROM debian:12-slim@sha256:…`, and record it: labels org.opencontainers.image.base.name and .digest.
    """
    name, digest = (image.labels.get(f"org.opencontainers.image.base.{each}", "") for each in ("name", "digest"))
    if name and not digest and "@sha256:" not in name and name != "scratch":
        yield Fail(f"its label names the base {name} without a digest", field="labels.base")
    elif not name and not digest:
        yield Undecided("cannot be decided: no label names the base image", field="labels.base")
