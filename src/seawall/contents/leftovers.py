"""What building an image leaves behind, by the folders and names that the tools themselves use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from seawall.model import Leftover

CACHES = {
    "var/lib/apt/lists": "the lists of apt",
    "var/cache/apt/archives": "packages that apt downloaded",
    "var/cache/apk": "the index of apk",
    "etc/apk/cache": "packages that apk downloaded",
    "var/cache/dnf": "the cache of dnf",
    "var/cache/yum": "the cache of yum",
    "var/cache/tdnf": "the cache of tdnf",
    "var/cache/libdnf5": "the cache of dnf5",
    "var/cache/zypp": "the cache of zypper",
    "root/.cache/pip": "the cache of pip",
    "root/.npm/_cacache": "the cache of npm",
    "root/.cache/yarn": "the cache of yarn",
    "usr/local/share/.cache/yarn": "the cache of yarn",
    "root/.cache/go-build": "the cache of go",
    "root/.composer/cache": "the cache of composer",
    "root/.m2/repository": "the cache of Maven",
    "root/.gradle/caches": "the cache of Gradle",
    "root/.nuget/packages": "the cache of NuGet",
    "root/.cargo/registry": "the cache of cargo",
}
EMPTY = frozenset({"lock", "partial", "auxfiles", ".keep", ".gitkeep"})
"""What lies in an empty cache, too."""

SOURCES: dict[str, str] = {
    ".git": "a git repository with its history",
    ".svn": "a Subversion working copy",
    ".hg": "a Mercurial repository",
}
SETTINGS: dict[str, str] = {
    "Dockerfile": "the Dockerfile, which tells how the image is made",
    "docker-compose.yml": "a Compose file",
    "docker-compose.yaml": "a Compose file",
    ".bash_history": "the commands that somebody typed",
    ".terraform": "the working folder of Terraform",
}
_LIBRARIES = ("/node_modules/", "/site-packages/", "/dist-packages/", "/gems/", "/vendor/", "usr/share/")


def leftovers(folders: Iterable[tuple[str, Mapping[str, object]]]) -> Iterator[Leftover]:
    """From every folder, by its path, with what is in it by name; what libraries bring is not the image's."""
    named: tuple[tuple[dict[str, str], Literal["source", "settings"]], ...] = (
        (SOURCES, "source"),
        (SETTINGS, "settings"),
    )
    for path, entries in folders:
        if path in CACHES and entries.keys() - EMPTY:
            yield Leftover(path=path, kind="cache", what=CACHES[path])
        for names, kind in named:
            for name in names.keys() & entries.keys():
                where = f"{path}/{name}".lstrip("/")
                if not any(library in f"{where}/" for library in _LIBRARIES):
                    yield Leftover(path=where, kind=kind, what=names[name])
