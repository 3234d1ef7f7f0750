"""The image that an image is built on: a newer one under the same tag, and a newer tag of the same line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seawall.errors import SeawallError
from seawall.model import Image, NotAssessed, Outdated
from seawall.sources.images.registry.reference import Reference, parse
from seawall.workflows.inputs import Place

if TYPE_CHECKING:
    from seawall.sources.images.registry.opening import Registries

NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"
PUBLIC = frozenset(
    {"docker.io", "mcr.microsoft.com", "gcr.io", "ghcr.io", "quay.io", "registry.k8s.io", "public.ecr.aws"}
)
"""Registries that an image may make us ask; besides, the one that it came from."""

MOST_TAGS = 10_000
_TAG = re.compile(r"(?P<before>v?)(?P<numbers>\d+(?:\.\d+)*)(?P<after>(?:-[a-z][\w.-]*)?)", re.ASCII)


def newer_base(
    image: Image,
    place: Place,
    registries: Registries,
    *,
    platform: str | None = None,
    hosts: frozenset[str] = frozenset(),
) -> Outdated | NotAssessed | None:
    """What is newer than the base of an image, by the labels that BuildKit and others set; None where nothing is.

    https://github.com/opencontainers/image-spec/blob/main/annotations.md
    """
    name, digest = image.labels.get(NAME, ""), image.labels.get(DIGEST, "")
    if not name:
        return _gap(image, f"it does not say what it is built on (label {NAME})")
    try:
        base = parse(name)
        own = place.registry if isinstance(place, Reference) else ""
        if base.registry not in PUBLIC | hosts | {own}:
            return _gap(image, f"only the image names {base.registry}, so it is not asked: --repository-host HOST")
        registry = registries.at(base.registry)
        now = registry.manifest(base.repository, base.tag or "latest")[1]
        tags = []
        for tag in registry.tags(base.repository):
            tags.append(tag)
            if len(tags) > MOST_TAGS:
                break
    except SeawallError as error:
        return _gap(image, error.message)
    newer = newer_tag(base.tag, tags)
    changed = bool(digest) and digest != now
    if not changed and not newer:
        return None if digest else _gap(image, f"it does not say which image of {name} it is built on (label {DIGEST})")
    return Outdated(
        image=image.name,
        type="image",
        name=f"{base.registry}/{base.repository}",
        installed=f"{base.tag or 'latest'}{'@' + digest if digest else ''}",
        newest_in_line=f"{base.tag or 'latest'}@{now}" if changed else newer,
        newest=newer,
        where=base.registry,
    )


def newer_tag(tag: str, tags: list[str]) -> str:
    """The newest tag of the same form and major version (`12.5-slim` of `12.4-slim`), "" where none is newer."""
    here = _TAG.fullmatch(tag)
    if here is None:
        return ""
    best = numbers = _numbers(here["numbers"])
    newest = ""
    for other in tags:
        there = _TAG.fullmatch(other)
        if there is None or (there["before"], there["after"]) != (here["before"], here["after"]):
            continue
        found = _numbers(there["numbers"])
        if len(found) == len(numbers) > 1 and found[0] == numbers[0] and found > best:
            best, newest = found, other
    return newest


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part[:18]) for part in text.split("."))


def _gap(image: Image, why: str) -> NotAssessed:
    return NotAssessed(what="newer base image", where=image.name, why=why)
