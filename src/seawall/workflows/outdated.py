"""Where packages meet their repositories: what in an image has something newer, and what could not be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.checks.outdated import ECOSYSTEMS, outdated_language, outdated_system
from seawall.errors import FetchError, SeawallError
from seawall.model import Image, NotAssessed, Outdated, Package
from seawall.safe import files
from seawall.safe.http import Client
from seawall.safe.http_rules import shown
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.index_cache import IndexCache
from seawall.sources.repositories.languages import REGISTRIES, releases
from seawall.sources.repositories.opening import open_repositories
from seawall.workflows.base_image import newer_base
from seawall.workflows.inputs import Place
from seawall.workflows.settings import Repositories, Settings

if TYPE_CHECKING:
    from seawall.workflows.assess import Assessed
    from seawall.workflows.images import Images

THREADS = 8
MOST_FAILURES = 3
"""Packages for which a registry may be silent before it is asked no more."""

NAMED = 3
_SYSTEM = frozenset({"deb", "apk", "rpm"})
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "386": "x86", "arm": "armv7", "ppc64le": "ppc64le"}
_DEBIAN = {"386": "i386", "arm": "armhf", "ppc64le": "ppc64el"}
_HOST_KEYS = Path("/usr/share/keyrings")

Say = Callable[[str], None]
Asked = Outdated | str | None
"""Something newer, a reason why it is not known, or nothing newer."""


@contextmanager
def repository_access(settings: Settings) -> Iterator[RepositoryAccess]:
    """The way to repositories for one run. Raises UsageError, Unreadable for a keyring that cannot be read."""
    reach, access = settings.repositories, settings.access
    if reach is None:
        raise ValueError("these settings have no repositories")
    keyrings = tuple(files.read(path, limit="text_bytes", limits=settings.limits) for path in reach.keyrings)
    proxies, ca_file = access.proxies, access.ca_file
    with Client(settings.limits, user_agent=access.user_agent, proxies=proxies, ca_file=ca_file) as client:
        cache = IndexCache(reach.cache, client)
        yield RepositoryAccess(
            client=client, cache=cache, now=reach.now, mirrors=reach.mirrors, keyrings=keyrings, hosts=reach.hosts
        )
        cache.prune()


def look(image: Image, place: Place, images: Images, settings: Settings, assessed: Assessed, say: Say) -> None:
    """Add what of one image is outdated, and what could not be asked."""
    reach: Repositories | None = settings.repositories
    if reach is None or reach.offline:
        why = "offline: no repository and no registry is asked"
        assessed.not_assessed.append(NotAssessed(what="newer versions", where=image.name, why=why))
        return
    try:
        with repository_access(settings) as access:
            found, gaps = _packages(image, access, say)
    except SeawallError as error:
        found, gaps = [], [NotAssessed(what="newer versions", where=image.name, why=str(error))]
    say(f"asking for a newer base of {image.name}")
    base = newer_base(image, place, images.registries, platform=settings.platform or None, hosts=reach.hosts)
    assessed.outdated += found
    assessed.not_assessed += gaps
    if isinstance(base, Outdated):
        assessed.outdated.append(base)
    elif base:
        assessed.not_assessed.append(base)


def _packages(image: Image, access: RepositoryAccess, say: Say) -> tuple[list[Outdated], list[NotAssessed]]:
    system = [each for each in image.packages if each.type in _SYSTEM]
    languages = [each for each in image.packages if each.type not in _SYSTEM and not each.owner]
    found: list[Outdated] = []
    gaps: list[NotAssessed] = []
    answers: list[tuple[Package, Asked]] = []
    if system:
        asked, not_opened = _system(image, system, access, say)
        answers += asked
        gaps += not_opened
    answers += _languages(image.name, languages, access, say)
    reasons: dict[tuple[str, str], list[str]] = {}
    for package, answer in answers:
        if isinstance(answer, Outdated):
            found.append(answer)
        elif answer:
            reasons.setdefault((package.type, answer), []).append(package.name)
    for (kind, why), names in reasons.items():
        more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
        what = f"newer versions of {len(names):,} {kind} package{'s' if len(names) > 1 else ''}"
        gaps.append(NotAssessed(what=what, where=image.name, why=f"{why}: {', '.join(names[:NAMED])}{more}"))
    return found, gaps


def _system(
    image: Image, packages: Sequence[Package], access: RepositoryAccess, say: Say
) -> tuple[list[tuple[Package, Asked]], Sequence[NotAssessed]]:
    if image.distro is None:
        return [(each, "nothing tells the distro") for each in packages], ()
    say(f"reading the repositories of {image.distro.name or image.distro.id}")
    machine = image.platform.split("/")[1] if image.platform.count("/") else "amd64"
    arch = _DEBIAN.get(machine, machine) if packages[0].type == "deb" else _MACHINES.get(machine, machine)
    opened = open_repositories(image.distro, image.configuration, arch, access, host_keys=_host_keys(access))
    if not opened.repositories:
        return [(each, "no repository of its distro could be read") for each in packages], opened.not_assessed

    def ask(package: Package) -> Asked:
        try:
            offers = opened.find(package.name, package.arch or arch)
            if not offers:
                return "in none of the repositories that were read"
            return outdated_system(image.name, package, offers)
        except SeawallError as error:
            return error.message

    return [(each, ask(each)) for each in packages], opened.not_assessed


def _host_keys(access: RepositoryAccess) -> list[bytes]:
    """The keyrings of the machine that this runs on, for images without any; pinned fingerprints only count."""
    found = []
    for path in sorted(_HOST_KEYS.glob("*-archive-keyring.gpg")) if _HOST_KEYS.is_dir() else ():
        try:
            found.append(files.read(path, limit="text_bytes", limits=access.limits))
        except SeawallError:
            continue
    return found


def _languages(
    image: str, packages: Sequence[Package], access: RepositoryAccess, say: Say
) -> list[tuple[Package, Asked]]:
    """One request for each package, some at a time. A registry that is silent is given up."""
    silent: dict[str, int] = {}
    done = 0

    def ask(package: Package) -> Asked:
        nonlocal done
        done += 1
        say(f"asking registries: {done:,} of {len(packages):,} packages")
        registry = REGISTRIES.get(package.type)
        if registry is None or package.type not in ECOSYSTEMS:
            return "no registry is known for this type"
        if silent.get(package.type, 0) >= MOST_FAILURES:
            return "its registry did not answer"
        try:
            found = releases(registry, package, access)
            if found is None:
                return "its registry does not have it"
            return outdated_language(image, package, found, shown(access.base(registry.mirror)))
        except FetchError as error:
            silent[package.type] = silent.get(package.type, 0) + 1
            return f"its registry did not answer: {error.message}" if not error.status else error.message
        except SeawallError as error:
            return error.message

    with ThreadPoolExecutor(THREADS) as pool:
        return list(zip(packages, pool.map(ask, packages), strict=True))
