"""HTTP over the socket of a daemon on this machine."""

from __future__ import annotations

import functools
import socket

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError


class _Connection(HTTPConnection):
    path = ""

    def _new_conn(self) -> socket.socket:
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            found.settimeout(self.timeout)
            found.connect(self.path)
        except OSError as error:
            found.close()
            raise NewConnectionError(self, str(error)) from error
        return found


class _Connections(HTTPConnectionPool):
    def __init__(self, *args: object, path: str, **options: object) -> None:
        self.ConnectionCls = type("_Here", (_Connection,), {"path": path})
        super().__init__(*args, **options)  # type: ignore[arg-type]


def pool(path: str) -> urllib3.PoolManager:
    """Connections to the socket, whatever the host in the address is."""
    manager = urllib3.PoolManager()
    manager.pool_classes_by_scheme = {"http": functools.partial(_Connections, path=path)}  # type: ignore[dict-item]
    return manager
