"""What is attached to an image in its registry, by the kinds of artifacts that their makers say they are.

SBOMs, VEX, and attestations of either are read: in-toto statements (https://github.com/in-toto/attestation), bare as
BuildKit keeps them, or in the envelopes of DSSE and Sigstore bundles. No signature is checked.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from seawall.errors import Malformed, SeawallError, Unsupported
from seawall.model import NotAssessed, Package
from seawall.model.vex import Attached, Statement
from seawall.safe import json
from seawall.sources.images.manifest import Descriptor
from seawall.sources.images.registry.client import Registry
from seawall.sources.images.registry.opening import Registries
from seawall.sources.images.registry.reference import Reference
from seawall.sources.images.sbom import read_sbom
from seawall.sources.images.vex import statements

_KINDS = {
    "sbom": ("cyclonedx", "spdx", "syft"),
    "vex": ("vex", "csaf"),
    "signature": ("signature", "cosign.artifact.sig", "cosign.simplesigning", "sigstore.bundle"),
    "attestation": ("in-toto", "attestation", "slsa", "dsse"),
}
"""Words in the types of artifacts."""

_COSIGN = {"att": "attestation", "sbom": "sbom", "sig": "signature"}
_BUILDKIT = "vnd.docker.reference.digest"
"""The annotation by which an index says which image an attestation is of."""

MOST = 200
"""Things attached to one image that are told apart; real ones have below ten."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What attached documents say. `packages` are those that SBOMs list, each marked with whose claim it is."""

    statements: list[Statement] = []
    packages: list[Package] = []
    not_assessed: list[NotAssessed] = []


def attached(reference: Reference, digest: str, registries: Registries, *, tags: bool = False) -> tuple[Attached, ...]:
    """What refers to the image with this digest, or to the index that it was chosen from. Raises SeawallError.

    With `tags` those count that cosign keeps by a tag, for which each image is asked for six times.
    """
    registry, repository = registries.at(reference.registry), reference.repository
    top, top_digest = registry.manifest(repository, reference.target)
    subjects = sorted({digest, top_digest})
    entries = {each for subject in subjects for each in registry.referrers(repository, subject)[:MOST]}
    found = {Attached(kind=_kind(each), type=_type(each), digest=each.digest) for each in entries}
    for each in top.manifests or ():
        if (each.annotations or {}).get(_BUILDKIT) == digest:
            found.add(Attached(kind="attestation", type="application/vnd.in-toto+json", digest=each.digest))
    for subject in subjects if tags else ():
        for ending, one in registry.beside(repository, subject):
            if all(each.digest != one for each in found):
                found.add(Attached(kind=_COSIGN[ending], type=f"cosign's tag .{ending}", digest=one))
    return tuple(sorted(found))


def read_attached(reference: Reference, image: str, found: tuple[Attached, ...], registries: Registries) -> Said:
    """What attached VEX documents and SBOMs say; what cannot be read is told."""
    registry, said = registries.at(reference.registry), Said()
    for each in found:
        where = f"{image}@{each.digest}"
        if each.kind not in ("vex", "sbom", "attestation"):
            continue
        what = f"attached {each.kind}"
        try:
            layers = registry.manifest(reference.repository, each.digest)[0].layers or ()
        except SeawallError as error:
            said.not_assessed.append(NotAssessed(what=what, where=where, why=error.message))
            continue
        for layer in layers:
            try:
                _read(registry, reference.repository, layer, image, where, said)
            except SeawallError as error:
                said.not_assessed.append(NotAssessed(what=what, where=where, why=error.message))
    return said


def _read(registry: Registry, repository: str, layer: Descriptor, image: str, where: str, said: Said) -> None:
    """Add what one document says. Raises SeawallError."""
    document = _opened(registry.document(repository, layer, dict), where)
    if "spdxVersion" in document or ("bomFormat" in document and document.get("components")):
        listed = read_sbom(document, where=where)
        said.packages.extend(msgspec.structs.replace(each, claimed=where) for each in listed.packages)
        said.not_assessed.extend(listed.not_assessed)
    if "spdxVersion" not in document and ("components" not in document or document.get("vulnerabilities")):
        said.statements.extend(statements(document, where=where, image=image))


def _opened(document: dict[str, Any], where: str) -> dict[str, Any]:
    """The predicate of an attestation, out of its envelope; any other document as it is."""
    envelope = document.get("dsseEnvelope", document)
    if isinstance(envelope, dict) and "payload" in envelope:
        try:
            content = base64.b64decode(str(envelope["payload"]), validate=True)
        except (binascii.Error, ValueError):
            raise Malformed("the payload of this envelope is no base64", where=where) from None
        document = json.decode(content, dict, where=where)
    if "predicateType" not in document:
        return document
    predicate = document.get("predicate")
    if isinstance(predicate, dict) and isinstance(predicate.get("Data"), dict):
        predicate = predicate["Data"]  # so cosign wraps what is no predicate of its own
    known = ("openvex", "cyclonedx", "spdx", "csaf")
    if not isinstance(predicate, dict) or not any(word in str(document["predicateType"]).lower() for word in known):
        raise Unsupported(f"{document['predicateType']} is not read", where=where)
    return predicate


def _type(entry: Descriptor) -> str:
    return entry.artifact_type or (entry.annotations or {}).get("artifactType", "") or entry.media_type


def _kind(entry: Descriptor) -> str:
    words = _type(entry).lower()
    return next((kind for kind, marks in _KINDS.items() if any(mark in words for mark in marks)), "other")
