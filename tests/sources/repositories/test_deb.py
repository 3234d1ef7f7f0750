"""A Debian repository on the loopback: what is signed and true is read, and every way of lying is told."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import hashlib
import io
import lzma
import tarfile
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import pysequoia
import pytest
from msgspec.structs import replace

from seawall.errors import FetchError, LimitExceeded, Malformed, SeawallError, Unsupported
from seawall.model import Distro
from seawall.safe.limits import DEFAULT
from seawall.sources.repositories import deb, deb_sources, keys
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.deb_package import read_deb
from seawall.sources.repositories.deb_sources import AptSource
from seawall.sources.repositories.opening import open_repositories
from seawall.sources.repositories.openpgp import Keyring
from seawall.sources.repositories.repository import Repository, download

from .conftest import NOW, Site

SOURCE = AptSource(uri="http://deb.debian.org/debian", suite="bookworm", components=("main",))
ACCESS = Callable[..., RepositoryAccess]


def ar(*members: tuple[str, bytes]) -> bytes:
    packed = b"!<arch>\n"
    for name, content in members:
        packed += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        packed += b"\n" * (len(content) % 2)
    return packed


def tar(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


CONTROL = b"Package: curl\nVersion: 8.0-2\nArchitecture: amd64\n"
CONTROL += b"Depends: libc6 (>= 2.36),\n libcurl4 | libcurl3\nPre-Depends: dpkg\n"
DEB = ar(
    ("debian-binary", b"2.0\n"),
    (
        "control.tar.xz",
        lzma.compress(
            tar(
                control=CONTROL,
                conffiles=b"/etc/curlrc\nremove-on-upgrade /etc/old\n",
                postinst=b"#!/bin/sh\n",
                md5sums=b"",
            )
        ),
    ),
    ("data.tar.gz", gzip.compress(tar(**{"usr-bin-curl": b"program"}))),
)


def packages(*versions: str, content: bytes = DEB) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    return (
        "".join(
            f"Package: curl\nSource: curl-src (1:{version})\nVersion: {version}\n"
            "Architecture: amd64\nDepends: libc6 (>= 2.36), x | y\n"
            f"Filename: pool/curl_{version}.deb\nSize: {len(content)}\nSHA256: {digest}\n\n"
            for version in versions
        ).encode()
        + b"Package: curly\nVersion: 1\nArchitecture: all\nFilename: pool/c.deb\nSize: 1\nSHA256: "
        + b"0" * 64
        + b"\n"
    )


def publish(
    site: Site,
    signer: pysequoia.Tsk,
    index: bytes,
    *,
    packed: Callable[[bytes], bytes] = lzma.compress,
    suffix: str = ".xz",
    date: datetime.datetime = NOW,
    until: datetime.datetime | None = None,
    by_hash: bool = True,
    suite: str = "bookworm",
    served: Callable[[bytes], bytes] = bytes,
    size: int | None = None,
) -> None:
    content = packed(index)
    digest = hashlib.sha256(content).hexdigest()
    path = f"main/binary-amd64/Packages{suffix}"
    text = f"Origin: Test\nSuite: oldstable\nCodename: {suite}\nDate: {format_datetime(date)}\n"
    text += f"Valid-Until: {format_datetime(until)}\n" if until else ""
    text += "Acquire-By-Hash: yes\n" if by_hash else ""
    text += f"SHA256:\n {digest} {size if size is not None else len(content)} {path}\n"
    root = "/debian/dists/bookworm"
    site.files[f"{root}/InRelease"] = pysequoia.sign(signer.signer(), text.encode(), mode=pysequoia.SignatureMode.CLEAR)
    place = f"main/binary-amd64/by-hash/SHA256/{digest}" if by_hash else path
    site.files[f"{root}/{place}"] = served(content)
    site.files["/debian/pool/curl_8.0-2.deb"] = DEB


def opened(access: RepositoryAccess, certificate: bytes) -> Repository:
    (repository,) = deb.open_suite(SOURCE, "amd64", Keyring([certificate], [], ()), access)
    return repository


@pytest.mark.parametrize(("packed", "suffix"), [(lzma.compress, ".xz"), (gzip.compress, ".gz"), (bytes, "")])
@pytest.mark.parametrize("by_hash", [True, False])
def test_found_downloaded_and_taken_apart(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes, packed: Any, suffix: str, by_hash: bool
) -> None:
    publish(site, signer, packages("8.0-1", "8.0-2"), packed=packed, suffix=suffix, by_hash=by_hash)
    access = access_to()
    repository = opened(access, certificate)
    one, two = repository.find("curl", "amd64")
    assert (one.version, two.version, two.source, two.source_version) == ("8.0-1", "8.0-2", "curl-src", "1:8.0-2")
    assert two.depends == ("libc6 (>= 2.36)", "x | y")
    assert repository.find("curl", "arm64") == []
    assert [each.arch for each in repository.find("curly", "arm64")] == ["all"]
    package = read_deb(download(two, access.client), where="curl")
    assert package.depends == ("libc6 (>= 2.36)", "libcurl4 | libcurl3")
    assert (package.pre_depends, package.conffiles) == (("dpkg",), ("/etc/curlrc",))
    assert (dict(package.scripts), dict(package.others)) == ({"postinst": b"#!/bin/sh\n"}, {"md5sums": b""})
    assert b"program" in package.files


def test_the_second_time_only_the_list_is_asked_for(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes
) -> None:
    publish(site, signer, packages("8.0-2"))
    for _ in range(2):
        assert opened(access_to(), certificate).find("curl")
    assert [status for _, status in site.asked] == [200, 200, 304]


LATER = NOW + datetime.timedelta(days=1)
EARLIER = NOW - datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("lie", "error", "told"),
    [
        ({"until": EARLIER}, Malformed, "expired"),
        ({"suite": "sid"}, Malformed, "another suite"),
        ({"served": lambda content: content[:-1] + b"x"}, Malformed, "not the file that the signed list means"),
        ({"served": lambda content: content + b"x"}, Malformed, "its signed list says"),
        ({"packed": lambda index: lzma.compress(index)[:-40]}, Malformed, "cut short"),
        ({"packed": lambda index: b"\xfd7zXZ\x00" + bytes(40)}, Malformed, "damaged xz"),
        ({"suffix": ".lz"}, Unsupported, "no packages for amd64"),
    ],
    ids=["expired", "suite", "digest", "size", "cut", "damaged", "arch"],
)
def test_lies_are_told(
    site: Site,
    access_to: ACCESS,
    signer: pysequoia.Tsk,
    certificate: bytes,
    lie: dict[str, Any],
    error: type[SeawallError],
    told: str,
) -> None:
    publish(site, signer, packages("8.0-2"), **lie)
    with pytest.raises(error, match=told):
        opened(access_to(), certificate)


def test_another_key_a_changed_text_and_no_key(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, stranger: pysequoia.Tsk, certificate: bytes
) -> None:
    publish(site, stranger, packages("8.0-2"))
    with pytest.raises(Malformed, match="signature does not hold"):
        opened(access_to(), certificate)
    publish(site, signer, packages("8.0-2"))
    path = "/debian/dists/bookworm/InRelease"
    site.files[path] = site.files[path].replace(b"Origin: Test", b"Origin: Best")
    with pytest.raises(Malformed, match="signature does not hold"):
        opened(access_to(), certificate)
    keyring = Keyring([], [certificate], keys.OPENPGP["debian"])  # offered by an image, but not pinned
    with pytest.raises(Unsupported, match="no key of this distro"):
        deb.open_suite(SOURCE, "amd64", keyring, access_to())
    pinned = {pysequoia.Cert.from_bytes(certificate).fingerprint}
    site.files[path] = site.files[path].replace(b"Origin: Best", b"Origin: Test")
    assert deb.open_suite(SOURCE, "amd64", Keyring([], [certificate], pinned), access_to())


def test_what_stands_beside_the_signed_text_counts_for_nothing(
    site: Site, signer: pysequoia.Tsk, certificate: bytes
) -> None:
    publish(site, signer, packages("8.0-2"))
    signed = site.files["/debian/dists/bookworm/InRelease"]
    keyring = Keyring([certificate], [], ())
    assert b"Codename: bookworm" in keyring.verify(signed, where="InRelease")
    text = b""
    with contextlib.suppress(Malformed):  # refused whole is as good
        text = keyring.verify(b"Codename: evil\n" + signed + b"Codename: evil\n", where="InRelease")
    assert b"evil" not in text


def test_a_list_with_a_detached_signature(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, stranger: pysequoia.Tsk, certificate: bytes
) -> None:
    publish(site, signer, packages("8.0-2"))
    root = "/debian/dists/bookworm"
    text = pysequoia.verify(
        site.files.pop(f"{root}/InRelease"), lambda _: [pysequoia.Cert.from_bytes(certificate)]
    ).bytes
    detached = [
        pysequoia.sign(each.signer(), text, mode=pysequoia.SignatureMode.DETACHED) for each in (stranger, signer)
    ]
    binary = b"".join(bytes(pysequoia.Sig.from_bytes(each)) for each in detached)
    site.files |= {f"{root}/Release": text, f"{root}/Release.gpg": binary}
    assert opened(access_to(), certificate).find("curl")
    site.files[f"{root}/Release"] = text + b"More: lies\n"
    with pytest.raises(Malformed, match="signature does not hold"):
        opened(access_to(), certificate)


def test_an_older_list_than_the_one_before_is_refused(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes
) -> None:
    publish(site, signer, packages("8.0-2"))
    assert opened(access_to(), certificate)
    publish(site, signer, packages("8.0-1"), date=EARLIER)
    with pytest.raises(Malformed, match="older than one"):
        opened(access_to(), certificate)
    publish(site, signer, packages("8.0-3"), date=LATER)
    assert opened(access_to(), certificate).find("curl")[0].version == "8.0-3"


def test_huge_indexes_end_at_a_bound(site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes) -> None:
    publish(site, signer, bytes(50 << 20))
    with pytest.raises(LimitExceeded, match="index_bytes"):
        opened(access_to(replace(DEFAULT, index_bytes=1 << 20)), certificate)


def test_moved_busy_and_gone(site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes) -> None:
    publish(site, signer, packages("8.0-2"))
    path = "/debian/dists/bookworm/InRelease"
    site.files["/elsewhere"] = site.files.pop(path)
    site.answers[path] = (302, {"Location": f"{site.url}/elsewhere"}, b"")
    assert opened(access_to(), certificate).find("curl")
    site.answers[path] = (429, {"Retry-After": "1"}, b"")
    with pytest.raises(FetchError) as caught:
        opened(access_to(cache=None), certificate)
    assert caught.value.status == 429
    site.answers[path] = (404, {}, b"")
    with pytest.raises(FetchError):
        opened(access_to(cache=None), certificate)


def test_a_tampered_package_is_refused(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes
) -> None:
    publish(site, signer, packages("8.0-2"))
    access = access_to()
    (entry,) = opened(access, certificate).find("curl")
    site.files["/debian/pool/curl_8.0-2.deb"] = DEB.replace(b"2.0\n", b"2.1\n")
    with pytest.raises(Malformed, match="not the file that its signed index means"):
        download(entry, access.client)
    site.files["/debian/pool/curl_8.0-2.deb"] = DEB[:-2]
    with pytest.raises(Malformed, match="its index says"):
        download(entry, access.client)


@pytest.mark.parametrize(
    "content", [b"", b"!<arch>\n", DEB[:90], ar(("debian-binary", b"2.0\n")), b"!<arch>\n" + b"x" * 60]
)
def test_what_is_no_package_is_told(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_deb(content, where="x.deb")


def test_sources_in_both_forms() -> None:
    files = {
        "etc/apt/sources.list": b"# deb http://x/ y z\n"
        b"deb [arch=amd64 signed-by=/k] http://a/debian bookworm main contrib # why\n"
        b"deb-src http://a/debian bookworm main\n",
        "etc/apt/sources.list.d/b.sources": b"Types: deb deb-src\n# http://old\nURIs: http://b/debian\n"
        b"Suites: trixie trixie-updates\nComponents: main\n\nTypes: deb\nEnabled: no\nURIs: http://c\nSuites: x\n",
        "etc/apt/sources.list.d/c.disabled": b"deb http://d/ e f\n",
    }
    assert deb_sources.configured(files) == [
        AptSource(uri="http://a/debian", suite="bookworm", components=("main", "contrib")),
        AptSource(uri="http://b/debian", suite="trixie", components=("main",)),
        AptSource(uri="http://b/debian", suite="trixie-updates", components=("main",)),
    ]


def test_an_image_without_sources_uses_those_of_its_distro() -> None:
    suites = [each.suite for each in deb_sources.defaults(Distro(id="debian", version="12"), "amd64")]
    assert suites == ["bookworm", "bookworm-updates", "bookworm-security"]
    ports = deb_sources.defaults(Distro(id="ubuntu", version="24.04"), "arm64")
    assert {each.uri for each in ports} == {"https://ports.ubuntu.com/ubuntu-ports"}
    assert deb_sources.defaults(Distro(id="debian", version=""), "amd64") == []


def test_nobody_is_asked_because_an_image_says_so(site: Site, access_to: ACCESS) -> None:
    files = {"etc/apt/sources.list": f"deb {site.url}/internal bookworm main\n".encode()}
    opened = open_repositories(Distro(id="debian", version="12"), files, "amd64", access_to())
    assert opened.repositories == ()
    (gap,) = opened.not_assessed
    assert "only the image names this repository" in gap.why
    assert site.asked == []
    asked = access_to(hosts=frozenset({"127.0.0.1"}))
    assert "404" in open_repositories(Distro(id="debian", version="12"), files, "amd64", asked).not_assessed[0].why
    assert site.asked != []


def test_the_shipped_keys_are_the_pinned_ones() -> None:
    shipped = {cert.fingerprint for cert in pysequoia.Cert.split_bytes(keys.shipped("debian"))}
    assert shipped == keys.OPENPGP["debian"]
