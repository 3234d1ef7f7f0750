"""Where an image gets its packages from: its repositories, and the keys that it holds for them."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, Record, Setting, cataloger
from seawall.errors import Malformed
from seawall.safe.limits import MIB

EXAMPLE = Example(
    path="etc/apk/repositories",
    content=b"https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n",
    finds=(Setting(path="etc/apk/repositories", content=b"https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n"),),
)


@cataloger(
    "etc/apt/sources.list",
    "etc/apt/sources.list.d/*",
    "etc/apt/keyrings/*",
    "etc/apt/trusted.gpg.d/*",
    "usr/share/keyrings/*",
    "etc/apk/repositories",
    "etc/apk/keys/*",
    "usr/share/apk/keys/*",
    "etc/yum.repos.d/*",
    "etc/pki/rpm-gpg/*",
    examples=[EXAMPLE],
)
def package_sources(path: str, content: bytes) -> Iterator[Record]:
    """The files as they are; whoever asks the repositories reads them."""
    if len(content) > MIB:
        raise Malformed("this is larger than any list of repositories or keys", where=path)
    yield Setting(path=path, content=content)
