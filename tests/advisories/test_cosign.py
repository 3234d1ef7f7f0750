"""Signatures of cosign with a key, as its program writes them."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from seawall.advisories import cosign
from seawall.errors import Malformed, Unreadable, UsageError

PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
OTHER = ec.derive_private_key(8, ec.SECP256R1())


def pem(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def key(tmp_path: Path) -> str:
    (tmp_path / "cosign.pub").write_bytes(pem(PRIVATE.public_key()))
    return str(tmp_path / "cosign.pub")


def signed(file: Path, *, bundle: bool = False) -> Path:
    file.write_bytes(b"advisories")
    signature = base64.b64encode(PRIVATE.sign(b"advisories", ec.ECDSA(hashes.SHA256()))).decode()
    if bundle:
        content = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {}}
        digest = {"algorithm": "SHA2_256", "digest": ""}
        content |= {"messageSignature": {"messageDigest": digest, "signature": signature}}
        Path(f"{file}.sigstore.json").write_text(json.dumps(content))
    else:
        Path(f"{file}.sig").write_text(signature)
    return file


@pytest.mark.parametrize("bundle", [False, True])
def test_a_signature_that_holds(tmp_path: Path, key: str, bundle: bool) -> None:
    file = signed(tmp_path / "x", bundle=bundle)
    assert cosign.is_key(key)
    assert cosign.verify(file, key) == ("x.sigstore.json" if bundle else "x.sig")


def test_another_file_and_another_key_are_found(tmp_path: Path, key: str) -> None:
    file = signed(tmp_path / "x")
    file.write_bytes(b"other advisories")
    with pytest.raises(Malformed, match="not the one that was signed"):
        cosign.verify(file, key)
    signed(file)
    Path(key).write_bytes(pem(OTHER.public_key()))
    with pytest.raises(Malformed, match="not with this key"):
        cosign.verify(file, key)


@pytest.mark.parametrize("text", ["", "no base64", "AAAA"])
def test_what_is_no_signature(tmp_path: Path, key: str, text: str) -> None:
    file = signed(tmp_path / "x")
    Path(f"{file}.sig").write_text(text)
    with pytest.raises(Malformed):
        cosign.verify(file, key)


def test_what_is_missing_or_no_key(tmp_path: Path, key: str) -> None:
    (tmp_path / "x").write_bytes(b"advisories")
    with pytest.raises(Unreadable):
        cosign.verify(tmp_path / "x", key)
    file = signed(tmp_path / "y")
    for content in (b"-----BEGIN PUBLIC KEY-----\n", pem(ed25519.Ed25519PrivateKey.generate().public_key())):
        Path(key).write_bytes(content)
        with pytest.raises(UsageError, match="not a public key of cosign"):
            cosign.verify(file, key)
    assert not cosign.is_key("RWQ" + "x" * 300)
    assert not cosign.is_key(str(tmp_path / "absent"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_signature_of_openssl(tmp_path: Path) -> None:
    """`cosign sign-blob` makes the same: ECDSA in DER, over the SHA-256, as base64."""
    file = tmp_path / "x"
    file.write_bytes(b"advisories")

    def openssl(*arguments: str) -> None:
        subprocess.run(("openssl", *arguments), cwd=tmp_path, check=True, capture_output=True)

    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key")
    openssl("ec", "-in", "key", "-pubout", "-out", "cosign.pub")
    openssl("dgst", "-sha256", "-sign", "key", "-out", "raw", "x")
    openssl("base64", "-A", "-in", "raw", "-out", "x.sig")
    assert cosign.verify(file, str(tmp_path / "cosign.pub")) == "x.sig"
