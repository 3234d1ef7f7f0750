"""Repositories of rpm packages (Azure Linux and kin): a signed `repomd.xml`, and in it the list of packages.

https://github.com/rpm-software-management/createrepo_c
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from seawall.errors import Malformed, Unsupported
from seawall.model import Distro
from seawall.safe import xml
from seawall.safe.compression import unpack
from seawall.safe.http_rules import shown
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.openpgp import Keyring
from seawall.sources.repositories.repository import Entry, Repository

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # noqa: TID251 (the type only)

_REPO = "{http://linux.duke.edu/metadata/repo}"
_COMMON = "{http://linux.duke.edu/metadata/common}"
_RPM = "{http://linux.duke.edu/metadata/rpm}"
_DIGITS = re.compile(r"\d{1,15}")
_REPOSITORIES = 32


def configured(files: Mapping[str, bytes], distro: Distro, arch: str) -> list[str]:
    """The addresses of the enabled repositories in etc/yum.repos.d, with `$releasever` and `$basearch` filled in.

    One that is known only through a list of mirrors comes back as the address of that list.
    """
    found: dict[str, None] = {}
    for path in sorted(files):
        if not (path.startswith("etc/yum.repos.d/") and path.endswith(".repo")):
            continue
        parser = configparser.RawConfigParser(strict=False, interpolation=None)
        try:
            parser.read_string(files[path].decode("utf-8", "replace"))
        except configparser.Error:
            continue
        for section in parser.sections():
            said = parser[section]
            address = said.get("baseurl") or said.get("mirrorlist") or said.get("metalink") or ""
            if address and said.get("enabled", "1").strip() not in ("0", "no", "false"):
                filled = address.split()[0].replace("$releasever", distro.version).replace("$basearch", arch)
                found[filled.rstrip("/")] = None
    return list(found)[:_REPOSITORIES]


def defaults(distro: Distro, arch: str) -> list[str]:
    """The distro's own repositories, for an image that names none (distroless).

    https://packages.microsoft.com/azurelinux/ and /cbl-mariner/
    """
    if distro.id == "azurelinux" and distro.version:
        return [f"https://packages.microsoft.com/azurelinux/{distro.version}/prod/base/{arch}"]
    if distro.id == "mariner" and distro.version:
        root = f"https://packages.microsoft.com/cbl-mariner/{distro.version}/prod"
        return [f"{root}/{name}/{arch}" for name in ("base", "update")]
    return []


def open_repository(uri: str, keyring: Keyring, access: RepositoryAccess) -> Repository:
    """One repository; its index must be signed. Raises SeawallError."""
    base = access.address(uri)
    if base is None:
        hint = "if you trust it: --repository-host HOST, and --keyring FILE with its keys"
        raise Unsupported("only the image names this repository, so it is not asked", where=uri, hint=hint)
    where = shown(f"{base}/repodata/repomd.xml")
    listed = access.cache.fetch(f"{base}/repodata/repomd.xml") or b""
    detached = access.cache.fetch(f"{base}/repodata/repomd.xml.asc", returns=(404,))
    if detached is None:
        raise Unsupported("this repository does not sign its index", where=where)
    index = xml.parse(keyring.verify(listed, where=where, detached=detached), where=where, limits=access.limits)
    revision = (index.findtext(f"{_REPO}revision") or "").strip()
    if _DIGITS.fullmatch(revision):
        seen = access.cache.newest(base, revision.zfill(15))
        if seen > revision.zfill(15):
            raise Malformed(f"this index (revision {revision}) is older than one seen before", where=where)
    return Repository(shown(base), _Primary(_primary(base, index, access), base).entries)


def _primary(base: str, index: Element, access: RepositoryAccess) -> Element:
    """The list of packages; that in SQLite says the same, and is not needed."""
    where = shown(f"{base}/repodata/repomd.xml")
    data = next((each for each in index.iter(f"{_REPO}data") if each.get("type") == "primary"), None)
    if data is None:
        raise Malformed("it lists no packages (primary)", where=where)
    path = (getattr(data.find(f"{_REPO}location"), "attrib", {})).get("href", "")
    checksum, size = data.find(f"{_REPO}checksum"), (data.findtext(f"{_REPO}size") or "").strip()
    algorithm = checksum.get("type", "") if checksum is not None else ""
    digest = (checksum.text or "").strip() if checksum is not None else ""
    if ".." in path.split("/") or not path or algorithm not in ("sha256", "sha512") or not _DIGITS.fullmatch(size):
        raise Malformed("its list of packages has no path, size or digest", where=where)
    url = f"{base}/{path.lstrip('/')}"
    packed = access.cache.by_digest(algorithm, digest, int(size), [url])
    return xml.parse(unpack(packed, where=shown(url), limits=access.limits), where=shown(url), limits=access.limits)


class _Primary:
    """The packages of one list, by name."""

    def __init__(self, root: Element, base: str) -> None:
        self._base = base
        self._packages: dict[str, list[Element]] = {}
        for package in root.iter(f"{_COMMON}package"):
            self._packages.setdefault(package.findtext(f"{_COMMON}name") or "", []).append(package)

    def entries(self, name: str) -> list[Entry]:
        return [self._entry(name, package) for package in self._packages.get(name, ())]

    def _entry(self, name: str, package: Element) -> Entry:
        parts = {tag: package.find(f"{_COMMON}{tag}") for tag in ("version", "location", "size", "checksum")}
        said = {tag: part.attrib if part is not None else {} for tag, part in parts.items()}
        path, size = said["location"].get("href", ""), said["size"].get("package", "")
        algorithm = said["checksum"].get("type", "")
        digest = (parts["checksum"].text or "").strip() if parts["checksum"] is not None else ""
        if not path or ".." in path.split("/") or not _DIGITS.fullmatch(size) or algorithm not in ("sha256", "sha512"):
            raise Malformed(f"no path, size or digest for {name}", where=shown(self._base))
        source = (package.findtext(f".//{_RPM}sourcerpm") or "").removesuffix(".src.rpm").rsplit("-", 2)
        return Entry(
            type="rpm",
            name=name,
            version=_evr(said["version"]),
            arch=package.findtext(f"{_COMMON}arch") or "",
            source=source[0] or name,
            source_version="-".join(source[1:]),
            url=f"{self._base}/{path.lstrip('/')}",
            size=int(size),
            digest=f"{algorithm}:{digest}",
            depends=_relations(package, "requires"),
            provides=_relations(package, "provides"),
            repository=shown(self._base),
        )


def _evr(said: Mapping[str, str]) -> str:
    epoch = said.get("epoch", "0")
    prefix = f"{epoch}:" if epoch not in ("", "0") else ""
    return f"{prefix}{said.get('ver', '')}-{said.get('rel', '')}"


def _relations(package: Element, kind: str) -> tuple[str, ...]:
    entries = package.iterfind(f"{_COMMON}format/{_RPM}{kind}/{_RPM}entry")
    return tuple(each.get("name", "") for each in entries)
