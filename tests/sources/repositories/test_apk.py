"""Alpine repositories on the loopback."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from seawall.errors import LimitExceeded, Malformed, Unsupported
from seawall.model import Distro
from seawall.safe.limits import Limits
from seawall.sources.repositories import apk
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.apk_package import read_apk
from seawall.sources.repositories.opening import open_repositories
from seawall.sources.repositories.repository import download
from seawall.sources.repositories.rsa import Keys

from .conftest import Site

ACCESS = Callable[..., RepositoryAccess]
URI = "https://dl-cdn.alpinelinux.org/alpine/v3.20/main"
KEY = "test@example.org-1.rsa.pub"
Signer = rsa.RSAPrivateKey


def part(files: dict[str, bytes], *, end: bool) -> bytes:
    """One gzip member with a tar that has an end only where nothing follows, as `abuild-tar --cut` does it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    content = buffer.getvalue()
    if not end:
        content = content.rstrip(b"\0")
        content += bytes(-len(content) % 512)
    return gzip.compress(content)


FILES = part({"usr/bin/curl": b"program"}, end=True)
INFO = "# made by a test\npkgname = curl\npkgver = 8.0-r2\ndepend = so:libc\ndepend = zlib\n"
INFO += f"datahash = {hashlib.sha256(FILES).hexdigest()}\n"
DESCRIPTION = part({".PKGINFO": INFO.encode(), ".post-install": b"#!/bin/sh\n"}, end=False)
APK = part({f".SIGN.RSA.{KEY}": b"x"}, end=False) + DESCRIPTION + FILES


@pytest.fixture(scope="module")
def signer() -> Signer:
    return rsa.generate_private_key(65537, 2048)


def public(signer: Signer) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return signer.public_key().public_bytes(serialization.Encoding.PEM, form)


def index(signer: Signer, *, kind: str = "RSA", key: str = KEY, more: bytes = b"") -> bytes:
    checksum = base64.b64encode(hashlib.sha1(DESCRIPTION).digest()).decode()
    text = "".join(
        f"C:Q1{checksum}\nP:curl\nV:{version}\nA:x86_64\nS:{len(APK)}\no:curl-src\nD:so:libc zlib\np:cmd:curl\n\n"
        for version in ("8.0-r1", "8.0-r2")
    )
    signed = part({"DESCRIPTION": b"v3.20", "APKINDEX": text.encode() + more}, end=True)
    algorithm = hashes.SHA256() if kind == "RSA256" else hashes.SHA1()
    signature = signer.sign(signed, padding.PKCS1v15(), algorithm)
    return part({f".SIGN.{kind}.{key}": signature}, end=False) + signed


PATH = "/alpine/v3.20/main/x86_64/APKINDEX.tar.gz"


@pytest.mark.parametrize("kind", ["RSA", "RSA256"])
def test_found_downloaded_and_taken_apart(site: Site, access_to: ACCESS, signer: Signer, kind: str) -> None:
    site.files |= {PATH: index(signer, kind=kind), "/alpine/v3.20/main/x86_64/curl-8.0-r2.apk": APK}
    access = access_to()
    repository = apk.open_index(URI, "x86_64", Keys([public(signer)], {}, ()), access)
    one, two = repository.find("curl", "x86_64")
    assert (one.version, two.version, two.source) == ("8.0-r1", "8.0-r2", "curl-src")
    assert (two.depends, two.provides) == (("so:libc", "zlib"), ("cmd:curl",))
    package = read_apk(download(two, access.client), where="curl")
    assert package.fields["depend"] == ("so:libc", "zlib")
    assert dict(package.scripts) == {".post-install": b"#!/bin/sh\n"}
    assert b"program" in package.files


def test_files_other_than_the_described_ones_are_refused(site: Site, access_to: ACCESS, signer: Signer) -> None:
    path = "/alpine/v3.20/main/x86_64/curl-8.0-r2.apk"
    site.files[PATH] = index(signer)
    access = access_to()
    entry = apk.open_index(URI, "x86_64", Keys([public(signer)], {}, ()), access).find("curl")[1]
    site.files[path] = APK.replace(FILES, part({"usr/bin/curl": b"malware"}, end=True))
    with pytest.raises(Malformed):
        download(entry, access.client)
    other = part({".PKGINFO": INFO.replace("zlib", "evil").encode(), ".post-install": b"#!/bin/sh\n"}, end=False)
    site.files[path] = APK.replace(DESCRIPTION, other)
    with pytest.raises(Malformed):
        download(entry, access.client)


def test_only_pinned_keys_of_an_image_count(site: Site, access_to: ACCESS, signer: Signer) -> None:
    site.files[PATH] = index(signer)
    offered = {f"etc/apk/keys/{KEY}": public(signer)}
    with pytest.raises(Unsupported, match="not trusted here"):
        apk.open_index(URI, "x86_64", Keys([], offered, ["0" * 64]), access_to())
    der = base64.b64decode(b"".join(public(signer).splitlines()[1:-1]))
    pinned = Keys([], offered, [hashlib.sha256(der).hexdigest()])
    assert apk.open_index(URI, "x86_64", pinned, access_to()).find("curl")


def test_unsigned_badly_signed_and_huge(site: Site, access_to: ACCESS, signer: Signer) -> None:
    keys = Keys([public(signer)], {}, ())
    good = index(signer)
    stranger = rsa.generate_private_key(65537, 2048)
    for content, told in (
        (index(stranger), "signature does not hold"),
        (good + gzip.compress(b"more"), "signature does not hold"),
        (part({"APKINDEX": b""}, end=True), "not signed"),
        (good[:200], "cut short"),
        (b"", "empty"),
    ):
        site.files[PATH] = content
        with pytest.raises(Malformed, match=told):
            apk.open_index(URI, "x86_64", keys, access_to(cache=None))
    site.files[PATH] = index(signer, more=b"\n" * (3 << 20))
    with pytest.raises(LimitExceeded):
        apk.open_index(URI, "x86_64", keys, access_to(Limits(index_bytes=1 << 20)))


def test_the_repositories_of_an_image(site: Site, access_to: ACCESS) -> None:
    files = {"etc/apk/repositories": b"# no\nhttp://a/v3.20/main\n@edge http://b/edge\n\nhttp://a/v3.20/main\n"}
    assert apk.configured(files) == ["http://a/v3.20/main"]
    distro = Distro(id="alpine", version="3.20.3", name="Alpine Linux v3.20")
    assert apk.defaults(distro)[1].endswith("/v3.20/community")
    opened = open_repositories(distro, {}, "x86_64", access_to())
    assert (len(opened.repositories), len(opened.not_assessed)) == (0, 2)
    assert site.asked[0][0].startswith("/alpine/v3.20/")
