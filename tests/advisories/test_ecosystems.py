"""Where the advisories of a package are."""

from __future__ import annotations

import pytest

from seawall.advisories.ecosystems import Gap, Query, query
from seawall.model import Distro, Package


@pytest.mark.parametrize(("distro", "version", "kind", "ecosystem"), [
    ("debian", "12", "deb", "Debian:12"),
    ("debian", "12.5", "deb", "Debian:12"),
    ("debian", "6.0", "deb", "Debian:6.0"),
    ("ubuntu", "22.04", "deb", "Ubuntu:22.04:LTS"),
    ("ubuntu", "25.10", "deb", "Ubuntu:25.10"),
    ("ubuntu", "25.04", "deb", "Ubuntu:25.04"),
    ("ubuntu", "22.10", "deb", "Ubuntu:22.10"),
    ("alpine", "3.10.9", "apk", "Alpine:v3.10"),
    ("alpine", "3.22_alpha20250108", "apk", "Alpine:v3.22_alpha20250108"),
    ("wolfi", "20230201", "apk", "Wolfi"),
    ("chainguard", "", "apk", "Chainguard"),
    ("azurelinux", "3.0", "rpm", "Azure Linux:3"),
    ("mariner", "2.0", "rpm", "Azure Linux:2"),
    ("almalinux", "9.4", "rpm", "AlmaLinux:9"),
    ("rocky", "8.10", "rpm", "Rocky Linux:8"),
    ("rhel", "10.0", "rpm", "Red Hat:enterprise_linux:10"),
    ("opensuse-leap", "15.6", "rpm", "openSUSE:Leap 15.6"),
])  # fmt: skip
def test_distros(distro: str, version: str, kind: str, ecosystem: str) -> None:
    package = Package(type=kind, name="lib", version="1-1", source="src")
    asked = query(package, Distro(id=distro, version=version))
    name = "lib" if distro in ("almalinux", "rocky", "rhel") else "src"
    beside = (ecosystem.replace("Ubuntu:", "Ubuntu:Pro:"),) if distro == "ubuntu" else ()
    source = ("src", "1-1") if distro == "rhel" else None
    assert asked == Query(ecosystem=ecosystem, name=name, version="1-1", beside=beside, source=source)


@pytest.mark.parametrize(("kind", "namespace", "name", "ecosystem", "asked"), [
    ("pypi", "", "Flask_SQLAlchemy.x", "PyPI", "flask-sqlalchemy-x"),
    ("npm", "@babel", "traverse", "npm", "@babel/traverse"),
    ("npm", "", "Axios", "npm", "Axios"),
    ("maven", "org.yaml", "snakeyaml", "Maven", "org.yaml:snakeyaml"),
    ("golang", "golang.org/x", "net", "Go", "golang.org/x/net"),
    ("golang", "", "stdlib", "Go", "stdlib"),
    ("cargo", "", "openssl", "crates.io", "openssl"),
    ("gem", "", "rack", "RubyGems", "rack"),
    ("nuget", "", "Newtonsoft.Json", "NuGet", "Newtonsoft.Json"),
    ("composer", "Drupal", "core", "Packagist", "drupal/core"),
])  # fmt: skip
def test_languages(kind: str, namespace: str, name: str, ecosystem: str, asked: str) -> None:
    package = Package(type=kind, namespace=namespace, name=name, version="1.0")
    assert query(package, None) == Query(ecosystem=ecosystem, name=asked, version="1.0")


def test_a_jar_that_does_not_say_its_group_is_not_looked_up() -> None:
    assert isinstance(query(Package(type="maven", name="snakeyaml", version="1.30"), None), Gap)


def test_a_package_of_another_distro_than_the_image_is_not_looked_up() -> None:
    assert isinstance(query(Package(type="deb", name="a", version="1"), Distro(id="alpine", version="3.20")), Gap)


@pytest.mark.parametrize(("distro", "kind", "name"), [
    ("amzn", "rpm", "Amazon Linux 2023"),
    ("ol", "rpm", "Oracle Linux Server 9.4"),
    ("photon", "rpm", "VMware Photon OS/Linux"),
    ("centos", "rpm", "CentOS Stream 9"),
    ("fedora", "rpm", "Fedora Linux 41"),
    ("arch", "alpm", "Arch Linux"),
    ("flatcar", "rpm", "Flatcar Container Linux"),
    ("kali", "deb", "Kali GNU/Linux Rolling"),
])  # fmt: skip
def test_a_distro_without_a_feed_is_named_and_never_taken_for_a_relative(distro: str, kind: str, name: str) -> None:
    """None of them patches as the distro that it comes from does."""
    asked = query(Package(type=kind, name="openssl", version="1-1"), Distro(id=distro, version="9", name=name))
    assert isinstance(asked, Gap)
    assert asked.where == name
    assert "no advisories are known" in asked.why
