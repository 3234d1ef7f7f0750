"""IMG-DF-042."""

from __future__ import annotations

from seawall.checks.base_images import advice, is_minimal
from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-042",
    severity=Severity.MEDIUM,
    refs=[
        "https://github.com/GoogleContainerTools/distroless",
        "https://learn.microsoft.com/azure/azure-linux/intro-azure-linux",
    ],
    passes=[
        gold(),
        gold(base="scratch"),
        gold(base=f"mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled@sha256:{'c' * 64}"),
    ],
    fails=[
        gold(base=f"{name}@sha256:{'c' * 64}")
        for name in (
            "debian:12",
            "python:3.12-slim",
            "node:22-alpine",
            "mcr.microsoft.com/dotnet/aspnet:9.0",
            "nginx:1.27",
        )
    ],
    unknowns=[gold(base=f"example.com/team/base:1@sha256:{'c' * 64}"), "ARG B\nFROM $B\nUSER 1\n"],
)
def base_not_minimal(dockerfile: Dockerfile) -> Verdicts:
    """The image that runs has the shell and package manager of a whole distribution.

    ## Why it matters
    The application needs a few libraries; the rest is there for an intruder: a shell, a package manager to get more,
    and most of the vulnerabilities that scans report.

    ## Fix
    Build in a stage as it is now, and copy the result onto a base that holds only what the language needs.
    `seawall harden Dockerfile` writes it out.

        FROM gcr.io/distroless/python3-debian12:nonroot
    """
    if not dockerfile.shipped:
        return
    word = dockerfile.shipped[0].base
    if not word.known:
        yield Undecided(
            f"cannot be decided: which image {cut(word.text)} is depends on what is given to the build",
            "base",
            line=word.line,
        )
        return
    minimal = is_minimal(word.value)
    if minimal is None:
        yield Undecided(
            f"cannot be decided: what is in {cut(word.value)} is not known; scan the image", "base", line=word.line
        )
    elif not minimal:
        yield at(
            dockerfile.shipped[-1].start,
            f"{cut(word.value)} brings a shell and a package manager; {advice(dockerfile)}",
            field="base",
        )
