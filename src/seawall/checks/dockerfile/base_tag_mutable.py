"""IMG-DF-002."""

from __future__ import annotations

from seawall.checks.base_images import images
from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-002",
    severity=Severity.MEDIUM,
    refs=["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    passes=[gold(), "FROM python:3.12-slim\n", "ARG T=latest\nFROM alpine:${T%latest}3@sha256:" + "0" * 64 + "\n"],
    fails=["FROM alpine\n", "FROM alpine:latest\n", "ARG T=latest\nFROM alpine:$T\n", "FROM localhost:5000/app\n"],
    unknowns=["ARG TAG\nFROM alpine:$TAG\n"],
)
def base_tag_mutable(dockerfile: Dockerfile) -> Verdicts:
    """An image is named without a tag, or by one that always moves.

    ## Why it matters
    `latest`, `stable`, `edge` and the like are whatever was published last. A build of tomorrow differs from that of
    today, also in its vulnerabilities, and cannot be repeated.

    ## Fix
    Name a version, better with its digest.

        FROM alpine:3.22@sha256:…
    """
    for word, where in images(dockerfile):
        name, _, digest = word.value.partition("@")
        tag = name.rpartition("/")[2].partition(":")[2]
        if digest:
            continue
        if not word.known:
            yield Undecided(
                f"which image {cut(word.value)} is depends on what is given to the build", where, line=word.line
            )
        elif tag.lower() in ("", *MOVING):
            what = f"the tag {tag} of {cut(name)} moves" if tag else f"{cut(name)} has no tag, so it is latest"
            yield at(word, what, field=where)


MOVING = ("latest", "stable", "edge", "nightly", "main", "master", "dev", "lts", "mainline", "current", "rolling")
"""Tags that mean whatever was published last."""
