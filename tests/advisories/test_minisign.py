"""Signatures of minisign, made by hand from its description and by the program itself where it is installed."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from seawall.advisories import minisign
from seawall.errors import Malformed, Unreadable, UsageError

ID = b"12345678"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = base64.b64encode(b"Ed" + ID + PRIVATE.public_key().public_bytes_raw()).decode()


def signed(file: Path, content: bytes = b"advisories", *, algorithm: bytes = b"ED", comment: str = "of today") -> Path:
    file.write_bytes(content)
    message = hashlib.blake2b(content).digest() if algorithm == b"ED" else content
    signature = PRIVATE.sign(message)
    whole = PRIVATE.sign(signature + comment.encode())
    lines = [
        "untrusted comment: signature",
        base64.b64encode(algorithm + ID + signature).decode(),
        f"trusted comment: {comment}",
        base64.b64encode(whole).decode(),
    ]
    Path(f"{file}.minisig").write_text("\n".join(lines) + "\n")
    return file


@pytest.mark.parametrize("algorithm", [b"ED", b"Ed"])
def test_a_signature_that_holds(tmp_path: Path, algorithm: bytes) -> None:
    file = signed(tmp_path / "x", algorithm=algorithm)
    assert minisign.verify(file, KEY) == "of today"
    (tmp_path / "minisign.pub").write_text(f"untrusted comment: key\n{KEY}\n")
    assert minisign.verify(file, str(tmp_path / "minisign.pub")) == "of today"


def test_what_was_changed_is_found(tmp_path: Path) -> None:
    file = signed(tmp_path / "x")
    file.write_bytes(b"other advisories")
    with pytest.raises(Malformed, match="not the one that was signed"):
        minisign.verify(file, KEY)
    signature = Path(f"{signed(file)}.minisig")
    signature.write_text(signature.read_text().replace("of today", "of 2020"))
    with pytest.raises(Malformed, match="comment is not the one"):
        minisign.verify(file, KEY)


@pytest.mark.parametrize("line", [1, 3])
def test_every_damaged_byte_of_a_signature_is_found(tmp_path: Path, line: int) -> None:
    file = signed(tmp_path / "x")
    signature = Path(f"{file}.minisig")
    lines = signature.read_text().splitlines()
    told = base64.b64decode(lines[line])
    for at in range(len(told)):
        damaged = told[:at] + bytes((told[at] ^ 1,)) + told[at + 1 :]
        signature.write_text("\n".join([*lines[:line], base64.b64encode(damaged).decode(), *lines[line + 1 :]]))
        with pytest.raises(Malformed):
            minisign.verify(file, KEY)


def test_another_key_and_no_key(tmp_path: Path) -> None:
    file = signed(tmp_path / "x")
    other = base64.b64encode(b"Ed" + b"87654321" + bytes(32)).decode()
    with pytest.raises(Malformed, match="another key"):
        minisign.verify(file, other)
    for word in ("", "nonsense", str(tmp_path), base64.b64encode(b"Ed").decode()):
        with pytest.raises(UsageError):
            minisign.verify(file, word)


def test_a_signature_that_is_missing_or_none(tmp_path: Path) -> None:
    file = signed(tmp_path / "x")
    Path(f"{file}.minisig").write_bytes(b"\xff" * 100)
    with pytest.raises(Malformed, match="not a signature"):
        minisign.verify(file, KEY)
    Path(f"{file}.minisig").unlink()
    with pytest.raises(Unreadable):
        minisign.verify(file, KEY)


def test_what_minisign_itself_signs(tmp_path: Path) -> None:
    program = shutil.which("minisign")
    if not program:
        pytest.skip("no minisign on this machine")
    public, secret, file = tmp_path / "key.pub", tmp_path / "key", tmp_path / "x"
    file.write_bytes(b"advisories" * 1000)
    subprocess.run([program, "-G", "-W", "-p", public, "-s", secret], check=True, capture_output=True, timeout=60)
    command = [program, "-S", "-s", secret, "-t", "of today", "-m", file]
    subprocess.run(command, input=b"\n", check=True, capture_output=True, timeout=60)
    assert minisign.verify(file, str(public)) == "of today"
