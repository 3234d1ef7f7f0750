"""The real thing: Debian as this machine's apt reads it, and one package of each registry that its clients are set to.

One request a registry, for a package that this project uses. Skipped, and said, where a server cannot be reached.
"""

from __future__ import annotations

import configparser
import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.errors import FetchError, SeawallError
from seawall.model import Distro, Package
from seawall.safe.http import Client
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.deb_package import read_deb
from seawall.sources.repositories.index_cache import IndexCache
from seawall.sources.repositories.languages import REGISTRIES, releases
from seawall.sources.repositories.opening import open_repositories
from seawall.sources.repositories.repository import download

PACKAGES = [
    Package(type="pypi", name="msgspec", version="0.18.0"),
    Package(type="npm", name="semver", version="5.7.1"),
    Package(type="maven", namespace="org.apache.maven", name="maven-artifact", version="3.0"),
    Package(type="golang", namespace="golang.org/x", name="mod", version="v0.4.0"),
    Package(type="cargo", name="serde", version="1.0.0"),
]


def mirrors() -> dict[str, str]:
    """What the machine's own clients are set to, where they are set at all."""
    found = {}
    for path in (Path("/etc/pip.conf"), Path("~/.config/pip/pip.conf").expanduser()):
        parser = configparser.RawConfigParser()
        if path.is_file() and parser.read(path) and parser.has_option("global", "index-url"):
            found["pypi"] = parser.get("global", "index-url")
    npmrc = Path("~/.npmrc").expanduser()
    for line in npmrc.read_text().splitlines() if npmrc.is_file() else ():
        if line.startswith("registry="):
            found["npm"] = line.partition("=")[2]
    if (proxy := os.environ.get("GOPROXY", "").split(",")[0]).startswith("http"):
        found["go"] = proxy
    return found


@pytest.fixture
def access(tmp_path: Path) -> Iterator[RepositoryAccess]:
    names = {scheme: os.environ.get(f"{scheme}_proxy", "") for scheme in ("http", "https", "no")}
    authority = os.environ.get("SSL_CERT_FILE")
    with Client(user_agent="seawall-tests", proxies=names, ca_file=authority, sleep=lambda _: None) as client:
        now = datetime.datetime.now(datetime.UTC)
        yield RepositoryAccess(client=client, cache=IndexCache(tmp_path, client), now=now, mirrors=mirrors())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.type)
def test_a_registry(access: RepositoryAccess, package: Package) -> None:
    try:
        found = releases(REGISTRIES[package.type], package, access)
    except FetchError as error:
        pytest.skip(f"not to be reached from here: {error.message}")
    assert found is not None
    assert package.version in {release.version for release in found}
    assert len(found) > 5


def test_debian_with_its_shipped_keys(access: RepositoryAccess) -> None:
    """What apt uses here: a signed suite of updates, and one small package downloaded and taken apart."""
    folder = Path("/etc/apt/sources.list.d")
    release = Path("/etc/os-release")
    if not release.is_file() or "ID=debian" not in release.read_text() or not folder.is_dir():
        pytest.skip("this machine is no Debian")
    lines = dict(line.split("=", 1) for line in release.read_text().splitlines() if "=" in line)
    version = lines["VERSION_ID"].strip('"')
    files = {f"etc/apt/sources.list.d/{path.name}": path.read_bytes() for path in folder.glob("*.sources")}
    files = {path: content for path, content in files.items() if b"debian-security" in content}
    opened = open_repositories(Distro(id="debian", version=version), files, "amd64", access)
    if not opened.repositories:
        pytest.skip(f"not to be reached from here: {[gap.why for gap in opened.not_assessed]}")
    offers = opened.find("openssl", "amd64")
    assert offers, [repository.name for repository in opened.repositories]
    smallest = min(offers, key=lambda entry: entry.size)
    package = read_deb(download(smallest, access.client), where=smallest.url)
    assert (package.fields["package"], package.fields["version"]) == ("openssl", smallest.version)
    assert "/etc/ssl/openssl.cnf" in package.conffiles
    with pytest.raises(SeawallError):
        read_deb(package.files, where="no package")
