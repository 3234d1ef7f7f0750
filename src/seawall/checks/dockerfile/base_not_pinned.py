"""IMG-DF-001."""

from __future__ import annotations

from seawall.checks.base_images import images
from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-001",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    passes=[gold(), gold(base="scratch"), gold(build=f"COPY --from=busybox@sha256:{'c' * 64} /bin/true /x/")],
    fails=[
        gold(base="gcr.io/distroless/static-debian12:nonroot"),
        gold(build="COPY --from=busybox:1.37 /bin/true /x/"),
    ],
    unknowns=["ARG BASE\nFROM $BASE\nUSER 1\n"],
)
def base_not_pinned(dockerfile: Dockerfile) -> Verdicts:
    """An image that the build starts from or copies from is not pinned by digest.

    ## Why it matters
    A tag can be moved to another image at any time, by its owner or by whoever takes over the account. The same
    Dockerfile then builds something else, and nobody can tell which base an image was built from.

    ## Fix
    Name the digest after the tag, and let Renovate or Dependabot propose newer ones.

        FROM python:3.12-slim@sha256:…
    """
    for word, where in images(dockerfile):
        if not word.known:
            yield Undecided(
                f"which image {cut(word.value)} is depends on what is given to the build", where, line=word.line
            )
        elif "@sha256:" not in word.value:
            yield at(word, f"{cut(word.value)} is not pinned by digest", field=where)
