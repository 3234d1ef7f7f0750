"""IMG-DF-039."""

from __future__ import annotations

import datetime

from seawall.advisories.end_of_life import end_of_life
from seawall.checks.base_images import distro_of, images
from seawall.checks.check import Undecided, Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-039",
    severity=Severity.HIGH,
    refs=["https://endoflife.date/"],
    passes=[gold(), "FROM debian:13-slim\n", "FROM python:3.12-bookworm\n", "FROM node:22-alpine3.22\n"],
    fails=[
        "FROM debian:10\n",
        "FROM ubuntu:bionic\n",
        "FROM node:12-buster\n",
        "FROM python:3.9-alpine3.15\n",
        "FROM mcr.microsoft.com/cbl-mariner/base/core:2.0\n",
        "FROM centos:7.9.2009\n",
    ],
    unknowns=["ARG T\nFROM debian:$T\n"],
)
def base_end_of_life(dockerfile: Dockerfile, today: datetime.date) -> Verdicts:
    """A base image's distribution no longer gets security updates.

    ## Why it matters
    No flaw that is found from now on will be fixed in it, and feeds of advisories stop telling of them: scans get
    quieter while the image gets worse.

    ## Fix
    Move to a release that is supported.

        FROM debian:13-slim
    """
    for word, where in images(dockerfile):
        if not word.known:
            yield Undecided(
                f"cannot be decided: which image {cut(word.text)} is depends on what is given to the build",
                where,
                line=word.line,
            )
        elif (distro := distro_of(word.value)) and (end := end_of_life(distro)) and end < today:
            yield at(
                word,
                f"{distro.id} {distro.version} of {cut(word.value)} has had no security updates since {end}",
                field=where,
            )
