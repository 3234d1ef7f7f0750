"""From a name to images: the registries that a run talks to, the choice of a platform, and all tags of a repository."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice

import msgspec

from seawall.errors import FetchError, SeawallError, Unsupported
from seawall.model import NotAssessed
from seawall.safe.http import Client
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.images.image import Config, ImageSource
from seawall.sources.images.manifest import INDEXES, Descriptor, Document, choose, image_source
from seawall.sources.images.registry.access import Access
from seawall.sources.images.registry.auth import Session
from seawall.sources.images.registry.client import Registry
from seawall.sources.images.registry.docker_config import DockerConfig
from seawall.sources.images.registry.entra import SUFFIXES, Entra
from seawall.sources.images.registry.login import Chain, Logins
from seawall.sources.images.registry.reference import HUB, LATEST, Reference, named

INDEX_DEPTH = 4
"""Indexes inside indexes, as in layouts."""

INDEX_ENTRIES = 200
"""Variants of one image. Real ones have below 30, and each may have to be asked for its platform."""

_HUB_API = "registry-1.docker.io"
_METADATA_SECONDS = 1.0  # on the machines that have it, it answers in milliseconds


class Registries:
    """The registries of one run, each with its connections and its login; whoever makes it closes it."""

    def __init__(
        self,
        access: Access,
        limits: Limits = DEFAULT,
        *,
        logins: Logins | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._access, self._limits, self._sleep = access, limits, sleep
        self._clients: list[Client] = []
        self._known: dict[str, Registry] = {}
        self._lock = threading.Lock()
        self._given = logins

    def __enter__(self) -> Registries:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()

    def at(self, host: str) -> Registry:
        """The registry with this name. Nothing is asked of it yet, but of an insecure one whether it speaks TLS."""
        with self._lock:
            if host not in self._known:
                session = Session(host, *self._way_to(host), logins=self._logins)
                self._known[host] = Registry(session, self._limits, sleep=self._sleep)
            return self._known[host]

    def _way_to(self, host: str) -> tuple[str, Client]:
        """The address of a registry, and the client for it. No proxy leads to the loopback, as in Docker."""
        if loopback := _is_loopback(host):
            client = self._near
        elif host in self._access.insecure:
            client = self._careless
        else:
            return f"https://{_HUB_API if host == HUB else host}", self._client
        return self._scheme(host, {} if loopback else self._access.proxies), client

    @cached_property
    def _client(self) -> Client:
        return self._make(verify=True, proxies=self._access.proxies)

    @cached_property
    def _careless(self) -> Client:
        return self._make(verify=False, proxies=self._access.proxies)

    @cached_property
    def _near(self) -> Client:
        return self._make(verify=False, proxies={})

    @cached_property
    def _logins(self) -> Logins:
        if self._given:
            return self._given
        once = msgspec.structs.replace(self._limits, http_retries=0)
        near = Client(once, user_agent=self._access.user_agent, timeout=_METADATA_SECONDS)
        self._clients.append(near)
        entra = Entra(self._access.identity, client=self._client, near=near)
        path = self._access.docker_config
        return Chain(DockerConfig(path), entra) if path else entra

    def _make(self, *, verify: bool, proxies: Mapping[str, str], limits: Limits | None = None) -> Client:
        access = self._access
        client = Client(
            limits or self._limits,
            user_agent=access.user_agent,
            proxies=proxies,
            ca_file=access.ca_file if verify else None,
            verify=verify,
            sleep=self._sleep,
        )
        self._clients.append(client)
        return client

    def _scheme(self, host: str, proxies: Mapping[str, str]) -> str:
        """TLS with any certificate where the registry speaks it, else plain HTTP."""
        once = msgspec.structs.replace(self._limits, http_retries=0)
        client = self._make(verify=False, proxies=proxies, limits=once)
        try:
            client.get(f"https://{host}/v2/", returns=(401, 403, 404)).close()
        except FetchError:
            return f"http://{host}"
        return f"https://{host}"


def open_reference(
    reference: Reference, registries: Registries, *, platform: str | None = None, limits: Limits = DEFAULT
) -> ImageSource:
    """The image that a name means, its variant for `platform`, no layer read yet. Raises SeawallError."""
    registry, repository = registries.at(reference.registry), reference.repository
    tagged = bool(reference.tag or reference.digest)
    name = str(reference if tagged else msgspec.structs.replace(reference, tag=LATEST))
    content, digest = registry.manifest(repository, reference.target)
    notes: list[NotAssessed] = []
    depth = 0
    while content.manifests is not None or content.media_type in INDEXES:
        depth += 1
        if depth > INDEX_DEPTH:
            raise Unsupported(f"indexes nest more than {INDEX_DEPTH} deep", where=name)
        variant, more = _variant(content, lambda entry: _platform(registry, repository, entry), platform, name)
        notes += more
        content, digest = registry.manifest(repository, variant.digest)
    if content.image_config is None:
        raise Unsupported(f"is no container image ({content.kind})", where=name)
    config = registry.document(repository, content.image_config, Config)
    choose([config], lambda one: one.platform, platform, where=name)
    return image_source(
        content,
        config,
        digest=digest,
        name=name,
        file=name,
        open_layer=lambda entry: registry.blob(repository, entry),
        there=lambda entry: not _kept_elsewhere(entry) or registry.holds(repository, entry),
        notes=notes,
    )


def sweep(
    reference: Reference,
    registries: Registries,
    *,
    newest: int,
    failed: Callable[[str, SeawallError], None],
    platform: str | None = None,
) -> Iterator[Reference]:
    """Every image of a repository, or of every repository of a registry; with `newest`, only so many of each.

    Which are the newest is what Azure's registries say, elsewhere what the images for `platform` themselves say.

    What cannot be listed is told to `failed`, and the rest goes on.
    """
    registry = registries.at(reference.registry)
    repositories = iter((reference.repository,)) if reference.repository else registry.repositories()
    while True:
        repository = ""
        try:
            repository = next(repositories, "")
            if not repository:
                return
            yield from _tags(registries, named(reference.registry, repository), newest, failed, platform)
        except SeawallError as error:
            failed(f"{reference.registry}/{repository}", error)
            if not repository:
                return


def _tags(
    registries: Registries,
    reference: Reference,
    newest: int,
    failed: Callable[[str, SeawallError], None],
    platform: str | None,
) -> Iterator[Reference]:
    registry, repository = registries.at(reference.registry), reference.repository
    in_order = newest and reference.registry.endswith(SUFFIXES)
    tags = registry.newest_tags(repository) if in_order else registry.tags(repository)
    images = (named(reference.registry, repository, tag) for tag in tags)
    if in_order:
        yield from islice(images, newest)
    elif newest:
        dated = []
        for image in images:
            try:
                dated.append((open_reference(image, registries, platform=platform).image.created, image))
            except SeawallError as error:
                failed(str(image), error)
        dated.sort(key=lambda pair: (pair[0], pair[1].tag), reverse=True)
        yield from (image for _, image in dated[:newest])
    else:
        yield from sorted(images, key=lambda image: image.tag)


def _variant(
    index: Document, platform_of: Callable[[Descriptor], str], platform: str | None, name: str
) -> tuple[Descriptor, list[NotAssessed]]:
    """The image of an index that is for `platform`, as Docker chooses it: the first that fits."""
    images = [entry for entry in index.manifests or () if not entry.is_attestation]
    if not 0 < len(images) <= INDEX_ENTRIES:
        raise Unsupported(f"its index lists {len(images):,} images (1 to {INDEX_ENTRIES} are read)", where=name)
    places = {entry.digest: platform_of(entry) for entry in images}
    matching, notes = choose(images, lambda entry: places[entry.digest], platform, where=name)
    return matching[0], notes


def _platform(registry: Registry, repository: str, entry: Descriptor) -> str:
    """What an index says of an image, else what its own configuration says."""
    if entry.shown_platform:
        return entry.shown_platform
    content: Document = registry.manifest(repository, entry.digest)[0]
    return registry.document(repository, content.image_config, Config).platform if content.image_config else ""


def _kept_elsewhere(entry: Descriptor) -> bool:
    return "foreign" in entry.media_type or "nondistributable" in entry.media_type


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and ":" in host else host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"
