"""The repositories of one image: which there are, and what of them could be opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from seawall.errors import SeawallError
from seawall.model import Distro, NotAssessed
from seawall.sources.repositories import apk, deb, deb_sources, keys, rpm
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.openpgp import Keyring
from seawall.sources.repositories.repository import Entry, Repository
from seawall.sources.repositories.rsa import Keys

THREADS = 4

_KEYRINGS = ("usr/share/keyrings/", "etc/apt/trusted.gpg", "etc/apt/keyrings/", "etc/pki/rpm-gpg/")
_APK_KEYS = ("etc/apk/keys/", "usr/share/apk/keys/")
_RPM = frozenset({"azurelinux", "mariner", "almalinux", "rocky", "rhel", "fedora", "centos"})


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The repositories that could be opened, and those that could not, with the reason."""

    repositories: tuple[Repository, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()

    def find(self, name: str, arch: str = "") -> list[Entry]:
        """Every version of a package, in all of them. Raises Malformed."""
        return [entry for repository in self.repositories for entry in repository.find(name, arch)]


def open_repositories(
    distro: Distro, files: Mapping[str, bytes], arch: str, access: RepositoryAccess, *, host_keys: Sequence[bytes] = ()
) -> Opened:
    """The repositories that the image itself uses, or its distro's own where it names none.

    `files` are those of the image under etc/apt, etc/apk, etc/yum.repos.d and of its keys, by path; `host_keys` files
    of keys from elsewhere, which count as little as the image's own: only those with a pinned fingerprint. `arch` is
    written as the distro does (`amd64`, `x86_64`).
    """
    try:
        openers = _openers(distro, files, arch, access, host_keys)
    except SeawallError as error:
        return Opened(not_assessed=(_gap(distro.name or distro.id, error),))
    if not openers:
        why = f"nothing is known of the repositories of {distro.name or distro.id} {distro.version}".rstrip()
        return Opened(not_assessed=(NotAssessed(what="package repository", where=distro.id, why=why),))

    def opened(opener: tuple[str, Callable[[], Sequence[Repository]]]) -> Sequence[Repository] | NotAssessed:
        try:
            return opener[1]()
        except SeawallError as error:
            return _gap(opener[0], error)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(opened, openers))
    return Opened(
        repositories=tuple(each for found in results if not isinstance(found, NotAssessed) for each in found),
        not_assessed=tuple(sorted({found for found in results if isinstance(found, NotAssessed)})),
    )


def _openers(
    distro: Distro, files: Mapping[str, bytes], arch: str, access: RepositoryAccess, host_keys: Sequence[bytes]
) -> list[tuple[str, Callable[[], Sequence[Repository]]]]:
    """For each repository its name and how to open it."""
    if distro.id in ("debian", "ubuntu"):
        keyring = _keyring(distro, files, access, host_keys)
        sources = deb_sources.configured(files) or deb_sources.defaults(distro, arch)
        return [
            (f"{each.uri} {each.suite}", lambda each=each: deb.open_suite(each, arch, keyring, access))  # type: ignore[misc]
            for each in sources
        ]
    if distro.id == "alpine":
        offered = {path: content for path, content in files.items() if path.startswith(_APK_KEYS)}
        trusted = Keys(access.keyrings, offered, keys.RSA["alpine"])
        names = apk.configured(files) or apk.defaults(distro)
        return [(each, lambda each=each: [apk.open_index(each, arch, trusted, access)]) for each in names]  # type: ignore[misc]
    if distro.id in _RPM:
        keyring = _keyring(distro, files, access, host_keys)
        names = rpm.configured(files, distro, arch) or rpm.defaults(distro, arch)
        return [(each, lambda each=each: [rpm.open_repository(each, keyring, access)]) for each in names]  # type: ignore[misc]
    return []


def _keyring(
    distro: Distro, files: Mapping[str, bytes], access: RepositoryAccess, host_keys: Sequence[bytes]
) -> Keyring:
    offered = [content for path, content in files.items() if path.startswith(_KEYRINGS)]
    pinned = keys.OPENPGP.get(distro.id, frozenset())
    return Keyring(access.keyrings, [keys.shipped(distro.id), *host_keys, *offered], pinned)


def _gap(where: str, error: SeawallError) -> NotAssessed:
    hint = f" ({error.hint})" if error.hint else ""
    return NotAssessed(what="package repository", where=error.where or where, why=error.message + hint)
