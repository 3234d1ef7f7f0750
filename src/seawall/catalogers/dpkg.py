"""Packages of Debian, Ubuntu and their kin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, Owns, Record, cataloger, text
from seawall.errors import Malformed
from seawall.model import NotAssessed, Package
from seawall.safe.limits import DEFAULT, Limits

FIELD = re.compile(r"\n(Package|Status|Version|Source|Architecture|Origin|Maintainer):(.*)")
STANZA = re.compile(r"(?:.+\n?)+")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
VERSION = re.compile(r"\S+")
SOURCE = re.compile(r"(\S+)(?:[ \t]+\((\S+)\))?")
MD5_LINE = re.compile(r"^[0-9a-f]{32}  ?(?:\./)?/?(.+)$", re.MULTILINE)

GONE = ("config-files", "not-installed")
"""The states of dpkg(1) in which no file of the package is left. In all others, even half-installed, some may be."""

DISTROS = ("debian", "ubuntu", "canonical", "kali", "raspbian", "devuan", "linuxmint", "pureos")
"""What `Origin:` says in packages of the distros themselves."""

VENDORS = {
    "@confluent.io": "Confluent",
    "@datadoghq.com": "Datadog",
    "@docker.com": "Docker",
    "@elastic.co": "Elastic",
    "@f5.com": "NGINX",
    "@gitlab.com": "GitLab",
    "@grafana.com": "Grafana",
    "@hashicorp.com": "HashiCorp",
    "@microsoft.com": "Microsoft",
    "@mongodb.com": "MongoDB",
    "@nginx.com": "NGINX",
    "@nodesource.com": "NodeSource",
    "@nvidia.com": "NVIDIA",
    "@oss.oracle.com": "Oracle",
    "google cloud cli authors": "Google",
    "kubernetes authors": "Kubernetes",
}
"""What the maintainer of packages from a vendor's own repository goes by. The distros' maintainers are their teams and
private people, at the domains of mail providers and universities."""

OPENSSL = Example(
    path="var/lib/dpkg/status",
    content=b"""\
Package: libssl1.1
Status: install ok installed
Maintainer: Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>
Architecture: amd64
Multi-Arch: same
Source: openssl (1.1.1n-0)
Version: 1.1.1n-0+b1
Description: Secure Sockets Layer toolkit - shared libraries
 Package: this line goes on with the description

Package: vim
Status: deinstall ok config-files
Architecture: amd64
Version: 2:8.2.2434-3+deb11u1

Package: docker-ce
Status: hold ok installed
Maintainer: Docker <support@docker.com>
Architecture: amd64
Version: 5:24.0.7-1~debian.11~bullseye

Package: cut-short
Status: install ok unpacked
""",
    finds=(
        Package(
            type="deb",
            name="libssl1.1",
            version="1.1.1n-0+b1",
            arch="amd64",
            source="openssl",
            source_version="1.1.1n-0",
            path="var/lib/dpkg/status",
        ),
        Package(
            type="deb",
            name="docker-ce",
            version="5:24.0.7-1~debian.11~bullseye",
            arch="amd64",
            path="var/lib/dpkg/status",
            origin="Docker",
        ),
        NotAssessed(
            what="package cut-short", where="var/lib/dpkg/status", why="its record has no version that can be read"
        ),
    ),
)
DISTROLESS = Example(
    path="var/lib/dpkg/status.d/tzdata",
    content=b"Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n",
    finds=(
        Package(type="deb", name="tzdata", version="2024a-0+deb12u1", arch="all", path="var/lib/dpkg/status.d/tzdata"),
    ),
)
LIST = Example(
    path="var/lib/dpkg/info/python3-six:amd64.list",
    content=b"/usr/lib/python3/dist-packages/six-1.16.0.egg-info\n",
    finds=(Owns(package="python3-six", paths=("usr/lib/python3/dist-packages/six-1.16.0.egg-info",)),),
)
SUMS = Example(
    path="var/lib/dpkg/status.d/python3-six.md5sums",
    content=b"0cc175b9c0f1b6a831c399e269772661  usr/lib/python3/dist-packages/six.py\n",
    finds=(Owns(package="python3-six", paths=("usr/lib/python3/dist-packages/six.py",)),),
)


@cataloger(
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/*",
    "var/lib/dpkg/info/*.list",
    examples=[OPENSSL, DISTROLESS, LIST, SUMS],
    bounded=True,
)
def dpkg(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """One record a package, a blank line between records, one `Field: value` a line, more of it on indented lines.

    Distroless images have one such file a package in status.d, with the checksums of its files beside it.
    A package counts unless its state says that its files are gone: see GONE.
    """
    said = text(path, content, limits)
    stem = path.rpartition("/")[2].rpartition(".")[0].partition(":")[0]
    if path.endswith(".list"):
        yield Owns(package=stem, paths=tuple(line.lstrip("/") for line in said.splitlines()))
    elif path.endswith(".md5sums"):
        yield Owns(package=stem, paths=tuple(MD5_LINE.findall(said)))
    else:
        if not re.search("^Package:", said, re.MULTILINE) and said.strip():
            raise Malformed("this holds no dpkg record", where=path)
        stanzas = (FIELD.findall("\n" + stanza[0]) for stanza in STANZA.finditer(said))
        for fields in ({key: value.strip() for key, value in stanza} for stanza in stanzas if stanza):
            if fields.get("Status", "").rpartition(" ")[2] not in GONE:
                yield _package(path, fields)


def _package(path: str, fields: dict[str, str]) -> Package | NotAssessed:
    name, version = fields.get("Package", ""), fields.get("Version", "")
    if not NAME.fullmatch(name):
        return NotAssessed(what="a package", where=path, why="its record has no name that can be read")
    if not VERSION.fullmatch(version):
        return NotAssessed(what=f"package {name}", where=path, why="its record has no version that can be read")
    source = SOURCE.match(fields.get("Source", ""))
    source_name, source_version = source.groups(default="") if source else ("", "")
    return Package(
        type="deb",
        name=name,
        version=version,
        arch=fields.get("Architecture", ""),
        source=source_name if source_name != name else "",
        source_version=source_version if source_version != version else "",
        path=path,
        origin=_origin(fields, version),
    )


def _origin(fields: dict[str, str], version: str) -> str:
    """The vendor, where the package is clearly not the distro's own: by `Origin:`, PGDG's version or a maintainer."""
    origin = fields.get("Origin", "")
    if origin:
        return "" if origin.lower() in DISTROS else origin
    if ".pgdg" in version:
        return "PostgreSQL"
    maintainer = fields.get("Maintainer", "").lower()
    return next((vendor for mark, vendor in VENDORS.items() if mark in maintainer), "")
