"""Package databases that are known and not read yet."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger
from seawall.model import NotAssessed

KINDS = {
    "usr/lib/opkg/status": "packages of OpenWrt",
    "var/lib/flatpak/repo/config": "Flatpaks",
    "var/lib/opkg/status": "packages of opkg",
    "var/lib/pacman/local/ALPM_DB_VERSION": "packages of Arch Linux",
    "var/lib/portage/world": "packages of Gentoo",
    "var/lib/snapd/state.json": "snaps",
    "nix/var/nix/db/db.sqlite": "packages of Nix",
    "home/linuxbrew/.linuxbrew/bin/brew": "packages of Homebrew",
}
WHY = "this version of Seawall does not read them"

ARCH = Example(
    path="var/lib/pacman/local/ALPM_DB_VERSION",
    content=b"9\n",
    finds=(NotAssessed(what="packages of Arch Linux", where="var/lib/pacman/local/ALPM_DB_VERSION", why=WHY),),
)


@cataloger(*KINDS, examples=[ARCH])
def unread(path: str, content: bytes) -> Iterator[NotAssessed]:
    """Files beside packages which no cataloger reads yet, so that the report can say so.

    When a cataloger comes that reads them, their row goes.
    """
    yield NotAssessed(what=KINDS[path], where=path, why=WHY)
