"""What refers to an image in a registry: told apart by kind, and the VEX documents among it read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from seawall.sources.images.registry.attached import attached, read_attached
from seawall.sources.images.registry.opening import Registries
from seawall.sources.images.registry.reference import named

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
    said, gaps = read_attached(reference, "the image", things, registries)
    assert [(each.vulnerabilities, each.status, each.author, each.image) for each in said] == [
        (("CVE-1",), "fixed", "The shop", "the image")
    ]
    assert [(gap.what, gap.why) for gap in gaps] == [("attached sbom", "application/vnd.cyclonedx+json is not read")]
