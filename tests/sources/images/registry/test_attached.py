"""What refers to an image in a registry: told apart by kind, and the VEX documents among it read."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from seawall.model import Image, Package
from seawall.sources.images.registry.attached import attached, read_attached
from seawall.sources.images.registry.opening import Registries
from seawall.sources.images.registry.reference import named
from seawall.workflows.vex import claimed

OCI = "application/vnd.oci.image."
VEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "author": "The shop",
    "statements": [
        {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:npm/a"}], "status": "fixed"},
    ],
}


@pytest.fixture
def found(fake: Any, push: Callable[..., str]) -> str:
    """The digest of an image with a VEX document, an SBOM and two signatures."""
    digest: str = push(fake, "team/app:1")
    layer = fake.blob(json.dumps(VEX).encode())
    document = {"schemaVersion": 2, "config": layer, "layers": [layer]}
    vex = fake.manifest("team/app", "vex", document, f"{OCI}manifest.v1+json")
    types = {
        "2": "application/vnd.cyclonedx+json",
        "3": "application/vnd.cncf.notary.signature",
        "4": "application/vnd.dev.sigstore.bundle.v0.3+json",
    }
    entries = [{"digest": "sha256:" + each * 64, "artifactType": kind} for each, kind in types.items()]
    entries.append({"digest": vex, "artifactType": "application/vnd.openvex+json"})
    index = {"schemaVersion": 2, "manifests": entries}
    fake.manifest("team/app", digest.replace(":", "-"), index, f"{OCI}index.v1+json")
    return digest


def test_kinds_and_statements(found: str, fake: Any, reach: Callable[..., Registries]) -> None:
    registries, reference = reach(), named(fake.host, "team/app", "1")
    things = attached(reference, found, registries)
    assert [each.kind for each in things] == ["sbom", "signature", "signature", "vex"]
    said = read_attached(reference, "the image", things, registries)
    assert [(each.vulnerabilities, each.status, each.author, each.image) for each in said.statements] == [
        (("CVE-1",), "fixed", "The shop", "the image")
    ]
    assert [gap.what for gap in said.not_assessed] == ["attached sbom"], "its manifest is not there"


SBOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [{"type": "library", "name": "left-pad", "version": "1.3.0", "purl": "pkg:npm/left-pad@1.3.0"}],
}


def statement(kind: str, predicate: object) -> dict[str, object]:
    return {"_type": "https://in-toto.io/Statement/v1", "predicateType": kind, "predicate": predicate}


def envelope(document: object) -> dict[str, object]:
    payload = base64.b64encode(json.dumps(document).encode()).decode()
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [{"sig": "x"}]}


def held(fake: Any, tag: str, *documents: object) -> str:
    layers = [fake.blob(json.dumps(each).encode()) for each in documents]
    body = {"schemaVersion": 2, "config": layers[0], "layers": layers}
    digest: str = fake.manifest("team/app", tag, body, f"{OCI}manifest.v1+json")
    return digest


def test_cosigns_tags_are_looked_for_and_their_envelopes_opened(
    fake: Any, push: Callable[..., str], reach: Callable[..., Registries]
) -> None:
    digest = push(fake, "team/app:1")
    tag = digest.replace(":", "-")
    bundle = {"dsseEnvelope": envelope(statement("https://cyclonedx.org/bom", {"Data": SBOM}))}
    vex = envelope(statement("https://openvex.dev/ns/v0.2.0", VEX))
    provenance = envelope(statement("https://slsa.dev/provenance/v1", {}))
    made = held(fake, f"{tag}.att", provenance, bundle, vex)
    held(fake, f"{tag}.sig", {"critical": {}})
    registries, reference = reach(), named(fake.host, "team/app", "1")
    assert attached(reference, digest, registries) == ()
    things = attached(reference, digest, registries, tags=True)
    assert [each.kind for each in things] == ["attestation", "signature"]
    said = read_attached(reference, "i", things, registries)
    assert [(each.name, each.version, each.claimed) for each in said.packages] == [("left-pad", "1.3.0", f"i@{made}")]
    assert [each.vulnerabilities for each in said.statements] == [("CVE-1",)]
    assert [gap.why for gap in said.not_assessed] == ["https://slsa.dev/provenance/v1 is not read"]


def test_what_buildkit_puts_into_the_index_is_of_one_image(
    fake: Any, push: Callable[..., str], reach: Callable[..., Registries]
) -> None:
    digest = push(fake, "team/app:1")
    made = held(fake, "x", statement("https://cyclonedx.org/bom", SBOM))
    entries = [{"digest": digest, "platform": {"os": "linux", "architecture": "amd64"}}]
    for of in (digest, "sha256:" + "7" * 64):
        notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": of}
        one = made if of == digest else "sha256:" + "8" * 64
        platform = {"os": "unknown", "architecture": "unknown"}
        entries.append({"digest": one, "platform": platform, "annotations": notes})
    fake.manifest("team/app", "multi", {"schemaVersion": 2, "manifests": entries}, f"{OCI}index.v1+json")
    reference, registries = named(fake.host, "team/app", "multi"), reach()
    things = attached(reference, digest, registries)
    assert [(each.kind, each.digest) for each in things] == [("attestation", made)]
    assert [each.name for each in read_attached(reference, "i", things, registries).packages] == ["left-pad"]


@pytest.mark.parametrize("broken", [{"payload": "%%"}, {"predicateType": "https://cyclonedx.org/bom"}, {"payload": ""}])
def test_an_attestation_that_is_broken_is_told(
    fake: Any, push: Callable[..., str], reach: Callable[..., Registries], broken: object
) -> None:
    digest = push(fake, "team/app:1")
    held(fake, digest.replace(":", "-") + ".att", broken)
    reference, registries = named(fake.host, "team/app", "1"), reach()
    said = read_attached(reference, "i", attached(reference, digest, registries, tags=True), registries)
    assert [gap.what for gap in said.not_assessed] == ["attached attestation"]


def test_only_what_was_not_seen_is_a_claim() -> None:
    seen = Package(type="npm", name="left-pad", version="1.3.0", path="app/package.json")
    claims = [Package(type="npm", name=name, version="1.3.0", claimed="s") for name in ("left-pad", "other", "other")]
    image = claimed(Image(name="i", packages=(seen,)), claims)
    assert [(each.name, each.claimed) for each in image.packages] == [("left-pad", ""), ("other", "s")]
