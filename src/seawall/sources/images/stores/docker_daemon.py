"""Docker's daemon, asked over its socket (Engine API: https://docs.docker.com/reference/api/engine/).

It gives an image as one archive that cannot be sought in, its documents at the end, its layers unpacked. The archive is
kept in a temporary file without a name, of at most `http_bytes`, which is gone when the image has been read: in it all
but the wanted files is passed over, and a file that is wanted only through a link can be gone back for.
"""

from __future__ import annotations

import socket
import tempfile
from urllib.parse import quote, urlsplit

import msgspec

from seawall.errors import FetchError, InputError, Unreadable, UsageError
from seawall.safe import json
from seawall.safe.http import Client
from seawall.safe.limits import Limits
from seawall.sources.images.files import Archive, readable
from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import images_in
from seawall.sources.images.stores.store import one_of

SOCKET = "unix:///var/run/docker.sock"
_SILENCE = 600.0  # seconds; a Docker before 25 writes a large image to its own disk before it sends the first byte
_UNTAGGED = "<none>:<none>"


class _Listed(msgspec.Struct, frozen=True, rename="pascal"):
    id: str
    repo_tags: tuple[str, ...] | None = None


class DockerDaemon:
    """The images of a daemon; see `Store`. Whoever makes it closes it."""

    def __init__(self, host: str, limits: Limits, *, user_agent: str) -> None:
        """`host` is DOCKER_HOST: `unix://PATH` or `tcp://HOST:PORT` without TLS. Raises UsageError, Unreadable."""
        address = urlsplit(host)
        self._where, self._limits, path = host, limits, ""
        if address.scheme == "unix":
            path, self._url = address.path, "http://docker"
            _knock(path)
        elif address.scheme == "tcp" and address.port != 2376:
            self._url = f"http://{address.netloc}"
        else:
            hint = "use a unix:// socket, or `docker save NAME -o FILE` and seawall scan FILE"
            raise UsageError("this way to a Docker daemon is not supported", where=f"DOCKER_HOST={host}", hint=hint)
        once = msgspec.structs.replace(limits, http_retries=0)
        self._client = Client(once, user_agent=user_agent, timeout=_SILENCE, socket=path)

    def close(self) -> None:
        self._client.close()

    def names(self) -> tuple[str, ...]:
        with self._client.get(f"{self._url}/images/json") as response:
            listed = json.decode(
                response.read(limit="registry_bytes"), tuple[_Listed, ...], where=self._where, limits=self._limits
            )
        tags = ([tag for tag in each.repo_tags or () if tag != _UNTAGGED] or [each.id] for each in listed)
        return tuple(sorted({tag for names in tags for tag in names}))

    def open(self, name: str, platform: str | None) -> tuple[ImageSource, ...]:
        where = f"docker://{name}"
        with readable(f"{where} (kept in {tempfile.gettempdir()})"):
            spool = tempfile.TemporaryFile(prefix="seawall-")  # noqa: SIM115 - kept open as long as the archive
            try:
                self._client.download(f"{self._url}/images/{quote(name, safe='/:@')}/get", spool)
                archive = Archive(where, limits=self._limits, file=spool)
            except (FetchError, InputError) as error:
                spool.close()
                if getattr(error, "status", 0) == 404:
                    one_of(self.names(), name, self._where)
                raise
        found = images_in(archive, platform, self._limits)
        return tuple(_named(source, name, where) for source in found)


def _named(source: ImageSource, name: str, where: str) -> ImageSource:
    """An image that was asked for by its id has no other name."""
    own = name if source.image.name == where else source.image.name
    return msgspec.structs.replace(source, image=msgspec.structs.replace(source.image, name=own))


def _knock(path: str) -> None:
    """Raises Unreadable with the way out where nobody opens."""
    where = f"unix://{path}"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.settimeout(5.0)
            knock.connect(path)
    except PermissionError:
        hint = "only root and the group docker may use it: run with sudo, or give a `docker save` archive"
        raise Unreadable("permission denied", where=where, hint=hint) from None
    except OSError as error:
        hint = "start Docker, or name its socket: DOCKER_HOST=unix:///PATH"
        raise Unreadable(f"no Docker daemon answers ({error.strerror or error})", where=where, hint=hint) from None
