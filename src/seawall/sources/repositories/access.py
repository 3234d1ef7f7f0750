"""How repositories are reached: the client, the mirrors, the keys, and whom an image may make us ask."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from seawall.safe.http import Client
from seawall.safe.limits import Limits
from seawall.sources.repositories.index_cache import IndexCache

DEFAULTS: dict[str, str] = {
    "debian": "https://deb.debian.org/debian",
    "debian-security": "https://deb.debian.org/debian-security",
    "ubuntu": "https://archive.ubuntu.com/ubuntu",
    "ubuntu-ports": "https://ports.ubuntu.com/ubuntu-ports",
    "alpine": "https://dl-cdn.alpinelinux.org/alpine",
    "azurelinux": "https://packages.microsoft.com/azurelinux",
    "mariner": "https://packages.microsoft.com/cbl-mariner",
    "pypi": "https://pypi.org/simple",
    "npm": "https://registry.npmjs.org",
    "maven": "https://repo.maven.apache.org/maven2",
    "go": "https://proxy.golang.org",
    "crates": "https://index.crates.io",
    "nuget": "https://api.nuget.org/v3-flatcontainer",
    "rubygems": "https://rubygems.org",
}
"""What `--mirror NAME=URL` replaces."""

_ALSO: dict[str, tuple[str, ...]] = {
    "debian-security": ("security.debian.org/debian-security", "security.debian.org"),
    "debian": ("deb.debian.org/debian", "ftp.debian.org/debian", "httpredir.debian.org/debian"),
    "ubuntu": ("archive.ubuntu.com/ubuntu", "security.ubuntu.com/ubuntu", "azure.archive.ubuntu.com/ubuntu"),
}
"""Other names of the distros' own repositories, without scheme."""


class RepositoryAccess(msgspec.Struct, frozen=True, kw_only=True):
    """`mirrors` are addresses by the names of DEFAULTS; `keyrings` the content of files of keys that the user trusts.

    `hosts` may be asked though only an image names them. `now` judges whether an index has expired.
    """

    client: Client
    cache: IndexCache
    now: datetime.datetime
    mirrors: Mapping[str, str] = {}
    keyrings: tuple[bytes, ...] = ()
    hosts: frozenset[str] = frozenset()

    @property
    def limits(self) -> Limits:
        return self.client.limits

    def base(self, name: str) -> str:
        """The address of a repository of DEFAULTS, without slash at the end."""
        return (self.mirrors.get(name) or DEFAULTS[name]).rstrip("/")

    def address(self, uri: str) -> str | None:
        """Where to ask for what an image calls `uri`: the mirror of a distro's own; None for a host not to be asked."""
        try:
            parts = urlsplit(uri)
            host = parts.hostname or ""
        except ValueError:
            return None
        bare = f"{host}{parts.path}".rstrip("/")
        own = [(name, known) for name, url in DEFAULTS.items() for known in (_bare(url), *_ALSO.get(name, ()))]
        for name, known in sorted(own, key=lambda pair: -len(pair[1])):
            if bare == known or bare.startswith(known + "/"):
                return self.base(name) + bare[len(known) :]
        asked = parts.scheme in ("http", "https") and (host in self.hosts or parts.netloc in self.hosts)
        return uri.rstrip("/") if asked else None


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}".rstrip("/")
