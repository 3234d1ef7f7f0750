"""What is attached to an image in its registry, by the kinds of artifacts that their makers say they are."""

from __future__ import annotations

from typing import Any

from seawall.model import NotAssessed
from seawall.model.vex import Attached, Statement
from seawall.sources.images.manifest import Descriptor
from seawall.sources.images.registry.client import Registry
from seawall.sources.images.registry.opening import Registries
from seawall.sources.images.registry.reference import Reference
from seawall.sources.images.vex import statements

_KINDS = {
    "sbom": ("cyclonedx", "spdx", "syft"),
    "vex": ("vex", "csaf"),
    "signature": ("signature", "cosign.artifact.sig", "cosign.simplesigning", "sigstore.bundle"),
    "attestation": ("in-toto", "attestation", "slsa", "dsse"),
}
"""Words in the types of artifacts."""

MOST = 200
"""Things attached to one image that are told apart; real ones have below ten."""


def attached(reference: Reference, digest: str, registries: Registries) -> tuple[Attached, ...]:
    """What refers to the image with this digest, or to the index that it was chosen from. Raises SeawallError."""
    registry = registries.at(reference.registry)
    subjects = {digest, registry.manifest(reference.repository, reference.target)[1]}
    found = {each for subject in sorted(subjects) for each in registry.referrers(reference.repository, subject)[:MOST]}
    return tuple(sorted(Attached(kind=_kind(each), type=_type(each), digest=each.digest) for each in found))


def read_attached(
    reference: Reference, image: str, found: tuple[Attached, ...], registries: Registries
) -> tuple[list[Statement], list[NotAssessed]]:
    """The statements of attached VEX documents, and what is attached and not read. Raises SeawallError."""
    registry = registries.at(reference.registry)
    said, gaps = list[Statement](), list[NotAssessed]()
    for each in found:
        where = f"{image}@{each.digest}"
        if each.kind == "vex":
            said += _statements(registry, reference.repository, each, image, where)
        elif each.kind in ("sbom", "attestation"):
            gaps.append(NotAssessed(what=f"attached {each.kind}", where=where, why=f"{each.type} is not read"))
    return said, gaps


def _statements(registry: Registry, repository: str, each: Attached, image: str, where: str) -> tuple[Statement, ...]:
    manifest = registry.manifest(repository, each.digest)[0]
    found: list[Statement] = []
    for layer in manifest.layers or ():
        document: Any = registry.document(repository, layer, dict)
        found += statements(document, where=where, image=image)
    return tuple(found)


def _type(entry: Descriptor) -> str:
    return entry.artifact_type or (entry.annotations or {}).get("artifactType", "") or entry.media_type


def _kind(entry: Descriptor) -> str:
    words = _type(entry).lower()
    return next((kind for kind, marks in _KINDS.items() if any(mark in words for mark in marks)), "other")
