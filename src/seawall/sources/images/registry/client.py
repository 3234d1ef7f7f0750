"""What a registry is asked: manifests, blobs, tags, repositories and referrers. Every document is checked."""

from __future__ import annotations

import difflib
import functools
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from seawall.errors import FetchError, Malformed, SeawallError
from seawall.safe import json
from seawall.safe.http import Response
from seawall.safe.limits import Limits
from seawall.sources.images.image import parse
from seawall.sources.images.manifest import (
    DIGEST,
    INDEXES,
    MANIFESTS,
    Descriptor,
    Document,
    checked,
    well_formed,
)
from seawall.sources.images.registry.auth import Session
from seawall.sources.images.registry.blob import Blob

T = TypeVar("T")

PAGES = 10_000
"""Pages of one list, so that a list which never ends does end."""

_PAGE = {"n": "1000"}
_ACCEPT = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
_IDENTITY = {"Accept-Encoding": "identity"}
_CATALOG = "registry:catalog:*"


class _Tags(msgspec.Struct, frozen=True):
    tags: tuple[str, ...] | None = None


class _Repositories(msgspec.Struct, frozen=True):
    repositories: tuple[str, ...] | None = None


class _AzureTag(msgspec.Struct, frozen=True):
    name: str


class _AzureTags(msgspec.Struct, frozen=True):
    tags: tuple[_AzureTag, ...] | None = None


class Registry:
    """One registry; threads may share it. All methods raise FetchError, Malformed or LimitExceeded."""

    def __init__(self, session: Session, limits: Limits, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session, self._limits, self._sleep = session, limits, sleep

    def manifest(self, repository: str, target: str) -> tuple[Document, str]:
        """The manifest or index that a tag or digest names, and its digest, computed where it was not asked for."""
        path = f"/v2/{repository}/manifests/{target}"
        with self._session.send(path, scope=_pull(repository), headers=_ACCEPT) as response:
            if response.status == 404:
                raise self._missing(response, repository, target)
            content = response.read(limit="registry_bytes")
        where = self._session.url + path
        digest = target if DIGEST.fullmatch(target) else f"sha256:{_sha256(content)}"
        return parse(checked(content, digest, where=where), Document, where=where, limits=self._limits), digest

    def document(self, repository: str, entry: Descriptor, kind: type[T]) -> T:
        """A JSON blob: a configuration."""
        path = self._blob_path(repository, entry)
        with self._session.send(path, scope=_pull(repository)) as response:
            if response.status == 404:
                raise self._lost(path)
            content = response.read(limit="registry_bytes")
        where = self._session.url + path
        return parse(checked(content, entry.digest, where=where), kind, where=where, limits=self._limits)

    def holds(self, repository: str, entry: Descriptor) -> bool:
        """Whether a blob is there."""
        path = self._blob_path(repository, entry)
        with self._session.send(path, scope=_pull(repository), method="HEAD") as response:
            return response.status == 200

    def blob(self, repository: str, entry: Descriptor) -> Callable[[], Blob]:
        """Opens a blob, as often as need be; nothing is asked before it is read."""
        path = self._blob_path(repository, entry)

        def fetch(offset: int) -> Response:
            response = self._session.send(path, scope=_pull(repository), headers=_IDENTITY, offset=offset)
            if response.status == 404:
                response.close()
                raise self._lost(path)
            return response

        return functools.partial(
            Blob,
            fetch,
            size=entry.size,
            where=self._session.url + path,
            retries=self._limits.http_retries,
            sleep=self._sleep,
        )

    def tags(self, repository: str) -> Iterator[str]:
        """Every tag of a repository, in the registry's order."""
        for page in self._pages(f"/v2/{repository}/tags/list?{urlencode(_PAGE)}", _pull(repository), _Tags):
            yield from page.tags or ()

    def newest_tags(self, repository: str) -> Iterator[str]:
        """The same, newest first; only Azure Container Registry can."""
        path = f"/acr/v1/{repository}/_tags?{urlencode(_PAGE | {'orderby': 'timedesc'})}"
        for page in self._pages(path, f"repository:{repository}:metadata_read", _AzureTags):
            yield from (tag.name for tag in page.tags or ())

    def repositories(self) -> Iterator[str]:
        """Every repository of the registry that the login may see."""
        for page in self._pages(f"/v2/_catalog?{urlencode(_PAGE)}", _CATALOG, _Repositories):
            yield from page.repositories or ()

    def referrers(self, repository: str, digest: str) -> tuple[Descriptor, ...]:
        """What is attached to an image: signatures, SBOMs, VEX. Asked of the API, else of the tag that stands for it.

        https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
        """
        path = f"/v2/{repository}/referrers/{well_formed(digest, self._session.url)}"
        index = self._index(path, repository)
        if index is None:
            index = self._index(f"/v2/{repository}/manifests/{digest.replace(':', '-')}", repository)
        return (index.manifests or ()) if index else ()

    def beside(self, repository: str, digest: str) -> Iterator[tuple[str, str]]:
        """What cosign keeps at tags made of an image's digest: the ending of each that is there, and its digest.

        https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
        """
        for ending in ("att", "sbom", "sig"):
            path = f"/v2/{repository}/manifests/{digest.replace(':', '-')}.{ending}"
            with self._session.send(path, scope=_pull(repository), headers=_ACCEPT) as response:
                if response.status != 404:
                    yield ending, f"sha256:{_sha256(response.read(limit='registry_bytes'))}"

    def _index(self, path: str, repository: str) -> Document | None:
        with self._session.send(path, scope=_pull(repository), headers=_ACCEPT) as response:
            if response.status == 404:
                return None
            return parse(
                response.read(limit="registry_bytes"), Document, where=self._session.url + path, limits=self._limits
            )

    def _pages(self, path: str, scope: str, kind: type[T]) -> Iterator[T]:
        """The pages of a list, from `Link` to `Link` (RFC 8288)."""
        seen = {path}
        for _ in range(PAGES):
            with self._session.send(path, scope=scope) as response:
                if response.status == 404:
                    raise self._lost(path.partition("?")[0])
                content, link = response.read(limit="registry_bytes"), response.headers.get("Link", "")
            yield json.decode(content, kind, where=self._session.url + path.partition("?")[0], limits=self._limits)
            target = link.partition("<")[2].partition(">")[0] if 'rel="next"' in link or "rel=next" in link else ""
            if not target:
                return
            parts = urlsplit(urljoin(self._session.url + path, target))
            path = f"{parts.path}?{parts.query}"
            if parts.netloc != urlsplit(self._session.url).netloc or path in seen:
                raise Malformed("the next page of a list is elsewhere, or one that was read", where=self._session.url)
            seen.add(path)
        raise Malformed(f"a list of more than {PAGES:,} pages", where=self._session.url)

    def _blob_path(self, repository: str, entry: Descriptor) -> str:
        return f"/v2/{repository}/blobs/{well_formed(entry.digest, self._session.url)}"

    def _missing(self, response: Response, repository: str, target: str) -> FetchError:
        """No such image; the hint names tags that there are."""
        code = self._session.error(response)
        hint = f"check the repository ({code})" if code else "check the repository and the tag"
        try:
            tags = sorted(set(islice(self.tags(repository), 1000)))
        except SeawallError:
            tags = []
        if tags:
            near = difflib.get_close_matches(target, tags, 5, 0.3) or tags[-5:]
            hint = f"there {'are' if len(near) > 1 else 'is'} {', '.join(near)}"
        return FetchError(f"no image {target} in {repository}", where=self._session.url, hint=hint[:500], status=404)

    def _lost(self, path: str) -> FetchError:
        return FetchError("the registry does not have this", where=self._session.url + path, status=404)


def _pull(repository: str) -> str:
    return f"repository:{repository}:pull"


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
