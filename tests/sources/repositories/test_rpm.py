"""Repositories of rpm packages on the loopback."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable

import pysequoia
import pytest
from backports import zstd

from seawall.errors import Malformed, Unsupported
from seawall.model import Distro
from seawall.sources.repositories import rpm
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.openpgp import Keyring
from seawall.sources.repositories.repository import download

from .conftest import Site

ACCESS = Callable[..., RepositoryAccess]
URI = "https://packages.microsoft.com/azurelinux/3.0/prod/base/x86_64"
BASE = "/azurelinux/3.0/prod/base/x86_64"
RPM = b"an rpm"


def primary(version: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm"><name>curl</name><arch>x86_64</arch><version epoch="0" ver="{version}" rel="2.azl3"/>
<checksum type="sha256" pkgid="YES">{hashlib.sha256(RPM).hexdigest()}</checksum>
<size package="{len(RPM)}" installed="9" archive="9"/><location href="Packages/c/curl-{version}-2.azl3.x86_64.rpm"/>
<format><rpm:sourcerpm>curl-src-{version}-2.azl3.src.rpm</rpm:sourcerpm>
<rpm:provides><rpm:entry name="curl(x86-64)"/></rpm:provides>
<rpm:requires><rpm:entry name="libcurl.so.4()(64bit)"/></rpm:requires></format></package>
</metadata>""".encode()


def publish(
    site: Site,
    signer: pysequoia.Tsk,
    version: str = "8.0",
    pack: Callable[[bytes], bytes] = gzip.compress,
    revision: int = 5,
) -> None:
    packed = pack(primary(version))
    digest = hashlib.sha256(packed).hexdigest()
    listed = f"""<repomd xmlns="http://linux.duke.edu/metadata/repo">
<revision>{revision}</revision><data type="primary">
<checksum type="sha256">{digest}</checksum><location href="repodata/{digest}-primary.xml"/><size>{len(packed)}</size>
</data></repomd>""".encode()
    site.files |= {
        f"{BASE}/repodata/repomd.xml": listed,
        f"{BASE}/repodata/repomd.xml.asc": pysequoia.sign(
            signer.signer(), listed, mode=pysequoia.SignatureMode.DETACHED
        ),
        f"{BASE}/repodata/{digest}-primary.xml": packed,
        f"{BASE}/Packages/c/curl-{version}-2.azl3.x86_64.rpm": RPM,
    }


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_found_and_downloaded(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, certificate: bytes, pack: Callable[[bytes], bytes]
) -> None:
    publish(site, signer, pack=pack)
    access = access_to()
    (entry,) = rpm.open_repository(URI, Keyring([certificate], [], ()), access).find("curl", "x86_64")
    assert (entry.version, entry.source, entry.source_version) == ("8.0-2.azl3", "curl-src", "8.0-2.azl3")
    assert (entry.depends, entry.provides) == (("libcurl.so.4()(64bit)",), ("curl(x86-64)",))
    assert download(entry, access.client) == RPM
    site.files[f"{BASE}/Packages/c/curl-8.0-2.azl3.x86_64.rpm"] = b"evil!!"
    with pytest.raises(Malformed, match="not the file"):
        download(entry, access.client)


def test_unsigned_forged_and_older(
    site: Site, access_to: ACCESS, signer: pysequoia.Tsk, stranger: pysequoia.Tsk, certificate: bytes
) -> None:
    keyring = Keyring([certificate], [], ())
    publish(site, stranger)
    with pytest.raises(Malformed, match="signature does not hold"):
        rpm.open_repository(URI, keyring, access_to())
    publish(site, signer)
    assert rpm.open_repository(URI, keyring, access_to()).find("curl")
    publish(site, signer, revision=4)
    with pytest.raises(Malformed, match="older"):
        rpm.open_repository(URI, keyring, access_to())
    del site.files[f"{BASE}/repodata/repomd.xml.asc"]
    with pytest.raises(Unsupported, match="does not sign"):
        rpm.open_repository(URI, keyring, access_to())


def test_the_repositories_of_an_image() -> None:
    distro = Distro(id="azurelinux", version="3.0")
    content = (
        b"[base]\nbaseurl=https://h/azurelinux/$releasever/prod/base/$basearch\n[no]\nbaseurl=https://n\nenabled=0\n"
    )
    found = rpm.configured({"etc/yum.repos.d/a.repo": content, "etc/yum.repos.d/b.repo": b"junk"}, distro, "x86_64")
    assert found == ["https://h/azurelinux/3.0/prod/base/x86_64"]
    assert rpm.defaults(distro, "aarch64") == ["https://packages.microsoft.com/azurelinux/3.0/prod/base/aarch64"]
