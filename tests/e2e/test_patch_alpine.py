"""A real Alpine image patched from a repository on the loopback, signed with a key made for the day."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from layouts import unpack
from mirror import Mirror

from .conftest import SHARED, Seawall

VERSION = "1.1.1g-r0"
KEY = "test@example.org-1.rsa.pub"
PATCHED = b"\x7fELF and a new libcrypto"


def part(files: dict[str, bytes | str], *, end: bool) -> bytes:
    """A gzip member with a tar: files, and links where a text says where to."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, content, 0o777
            else:
                info.size, info.mode = len(content), 0o755 if name.startswith("lib/") else 0o644
            archive.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    content = buffer.getvalue()
    return gzip.compress(content if end else content.rstrip(b"\0") + bytes(-len(content.rstrip(b"\0")) % 512))


def package(
    name: str,
    files: dict[str, bytes | str],
    more: str = "",
    scripts: dict[str, bytes] | None = None,
    version: str = VERSION,
) -> tuple[bytes, str]:
    """An apk, and its stanza in the index."""
    packed = part(files, end=True)
    info = f"pkgname = {name}\npkgver = {version}\narch = x86_64\nsize = 9\norigin = openssl\n{more}"
    info += f"datahash = {hashlib.sha256(packed).hexdigest()}\n"
    described = part({".PKGINFO": info.encode(), **(scripts or {})}, end=False)
    content = part({f".SIGN.RSA.{KEY}": b"x"}, end=False) + described + packed
    checksum = base64.b64encode(hashlib.sha1(described).digest()).decode()
    lists = {"depend": "D", "provides": "p"}
    fields = [line.split(" = ") for line in more.splitlines()]
    said = {letter: " ".join(value for key, value in fields if key == word) for word, letter in lists.items()}
    stanza = f"C:Q1{checksum}\nP:{name}\nV:{version}\nA:x86_64\nS:{len(content)}\no:openssl\n"
    return content, stanza + "".join(f"{letter}:{value}\n" for letter, value in said.items() if value) + "\n"


class Site:
    """A repository: `put` packages, then `sign`."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "alpine/v3.10/main/x86_64"
        self.folder.mkdir(parents=True)
        self.key = root / KEY
        self._signer = rsa.generate_private_key(65537, 2048)
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        self.key.write_bytes(self._signer.public_key().public_bytes(serialization.Encoding.PEM, form))
        self._stanzas = ""

    def put(
        self,
        name: str,
        files: dict[str, bytes | str],
        more: str = "",
        scripts: dict[str, bytes] | None = None,
        version: str = VERSION,
    ) -> None:
        content, stanza = package(name, files, more, scripts, version)
        (self.folder / f"{name}-{version}.apk").write_bytes(content)
        self._stanzas += stanza

    def sign(self) -> None:
        signed = part({"DESCRIPTION": b"v3.10", "APKINDEX": self._stanzas.encode()}, end=True)
        signature = self._signer.sign(signed, padding.PKCS1v15(), hashes.SHA1())
        (self.folder / "APKINDEX.tar.gz").write_bytes(part({f".SIGN.RSA.{KEY}": signature}, end=False) + signed)


CRYPTO: dict[str, bytes | str] = {
    "lib/libcrypto.so.1.1": PATCHED,
    "usr/lib/libcrypto.so.1.1": "../../lib/libcrypto.so.1.1",
    "etc/ssl/openssl.cnf": b"# newer\n",
}
CRYPTO_SAYS = "provides = so:libcrypto.so.1.1=1.1\ndepend = so:libc.musl-x86_64.so.1\n"
SSL_SAYS = "provides = so:libssl.so.1.1=1.1\ndepend = so:libc.musl-x86_64.so.1\ndepend = so:libcrypto.so.1.1\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.put("libcrypto1.1", CRYPTO, CRYPTO_SAYS)
    site.put("libssl1.1", {"lib/libssl.so.1.1": b"new"}, SSL_SAYS)
    site.sign()
    return site


@pytest.fixture
def words(site: Site, tmp_path: Path) -> Iterator[list[object]]:
    """The command line up to what is asked for."""
    if SHARED is None:
        pytest.skip("no ../shared/data beside this checkout")
    server = Mirror(tmp_path / "site")
    with server, server.running():
        image = SHARED / "packages/images/alpine-310.tar.gz"
        yield ["patch", image, "-o", tmp_path / "out", "--keyring", site.key, "--mirror", f"alpine={server.url}/alpine"]


def test_packages_and_the_database_of_apk(seawall: Seawall, words: list[object], tmp_path: Path) -> None:
    done = seawall(*words, "--package", "libcrypto1.1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"libssl1.1     1.1.1d-r2 -> {VERSION}" in done.stdout
    unpack(tmp_path / "out", tmp_path / "root")
    root = tmp_path / "root"
    assert (root / "lib/libcrypto.so.1.1").read_bytes() == PATCHED
    assert not (root / "etc/ssl/ct_log_list.cnf.dist").exists()
    assert (root / "etc/ssl/openssl.cnf").read_bytes() == b"# newer\n"
    text = (root / "lib/apk/db/installed").read_text()
    assert text.count("\nP:") == 14
    checksum = "Q1" + base64.b64encode(hashlib.sha1(PATCHED).digest()).decode()
    assert f"F:lib\nR:libcrypto.so.1.1\na:0:0:755\nZ:{checksum}\n" in text
    again = seawall(*words[:1], tmp_path / "out", "-n", *words[4:], "--package", "libcrypto1.1")
    assert "Nothing to patch" in again.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root")
def test_apk_itself_agrees(seawall: Seawall, words: list[object], site: Site, tmp_path: Path) -> None:
    scripts = {".post-upgrade": b"#!/bin/sh\nexit 0\n"}
    site.put("scanelf", {"usr/bin/scanelf": b"new", "usr/share/new/file": b"1"}, scripts=scripts, version="9.9-r0")
    site.sign()
    done = seawall(*words, "--package", "scanelf")
    assert "-> 9.9-r0" in done.stdout, done.stdout + done.stderr
    root = tmp_path / "root"
    unpack(tmp_path / "out", root)

    def apk(*words: str) -> list[str]:
        done = subprocess.run(["chroot", root, "/sbin/apk", *words], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert "scanelf-9.9-r0" in apk("info", "-v")
    assert not [line for line in apk("audit", "--system") if "scanelf" in line or "share/new" in line]
    assert apk("info", "-W", "/usr/share/new/file")[0].endswith("is owned by scanelf-9.9-r0")
    with tarfile.open(root / "lib/apk/db/scripts.tar") as archive:
        assert [name for name in archive.getnames() if name.startswith("scanelf-9.9-r0.Q1")]


def test_a_tampered_package_is_refused_and_nothing_is_written(
    seawall: Seawall, words: list[object], site: Site, tmp_path: Path
) -> None:
    file = site.folder / f"libcrypto1.1-{VERSION}.apk"
    good = file.read_bytes()
    evil, _ = package("libcrypto1.1", {**CRYPTO, "lib/libcrypto.so.1.1": PATCHED[:-1] + b"!"}, CRYPTO_SAYS)
    for bad in (evil, good[:-30] + bytes(30), good[:-1]):
        file.write_bytes(bad)
        done = seawall(*words, "--package", "libcrypto1.1")
        assert done.returncode == 2
        assert "seawall: error: " in done.stderr
        assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_unsigned_and_foreign_repositories_are_refused(seawall: Seawall, words: list[object], tmp_path: Path) -> None:
    without_key = [*words[:4], *words[6:]]
    done = seawall(*without_key, "--package", "libcrypto1.1")
    assert done.returncode == 2
    assert "not trusted here" in done.stderr
    assert not (tmp_path / "out").exists()


def test_scripts_conflicts_and_what_is_missing(
    seawall: Seawall, words: list[object], site: Site, tmp_path: Path
) -> None:
    site.put(
        "musl",
        {"lib/ld-musl-x86_64.so.1": b"x"},
        "provides = so:libc.musl-x86_64.so.1=1\n",
        scripts={".post-upgrade": b"#!/bin/sh\nmkfs /dev/sda\n"},
        version="9.9-r0",
    )
    site.put("zlib", {"bin/busybox": b"x"}, "provides = so:libz.so.1=1\n", version="9.9-r0")
    site.put("scanelf", {"usr/bin/scanelf": b"x"}, "depend = so:libnowhere.so.1\n", version="9.9-r0")
    site.sign()
    done = seawall(*words, "--package", "musl", "--package", "zlib", "--package", "scanelf")
    for told in ("line 2: mkfs /dev/sda", "/bin/busybox belongs to busybox", "needs so:libnowhere.so.1"):
        assert told in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "out").exists()
