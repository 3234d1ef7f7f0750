"""Live clusters join the report: a login, a connection, and what the source found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from seawall.sources.clusters.azure.arm import Arm, Credential
from seawall.sources.clusters.azure.clouds import CLOUDS
from seawall.sources.clusters.azure.credential import credential
from seawall.sources.clusters.azure.read import read
from seawall.sources.clusters.azure.scope import Scope
from seawall.version import __version__
from seawall.workflows.discover import Found
from seawall.workflows.settings import Settings

__all__ = ["Azure", "Scope"]

Say = Callable[[str], None]


class Azure(msgspec.Struct, frozen=True, kw_only=True):
    """Which clusters, in which cloud, and how to get there. `proxies` and `ca_file` are as `safe.http` has them.

    `show` tells a person which code to enter, with `device_code`.
    """

    scope: Scope
    cloud: str
    show: Callable[[str], None]
    device_code: bool = False
    proxies: Mapping[str, str] = {}
    ca_file: str | None = None

    def __call__(self, settings: Settings, say: Say) -> Found:
        """Log in and read. Raises SeawallError where nothing can be read."""
        self.scope.check()
        cloud = CLOUDS[self.cloud]
        login = credential(cloud, device_code=self.device_code, show=self.show)
        return self.read(settings, say, login, cloud.endpoint)

    def read(self, settings: Settings, say: Say, login: Credential, endpoint: str) -> Found:
        """What `endpoint` answers to `login`. Raises SeawallError where nothing can be read."""
        from seawall.safe.http import Client

        agent = f"seawall/{__version__}"
        with Client(settings.limits, user_agent=agent, proxies=self.proxies, ca_file=self.ca_file) as client:
            arm = Arm(endpoint, CLOUDS[self.cloud].audience, login, client)
            found = read(self.scope, arm=arm, limits=settings.limits, say=say)
        return Found(clusters=found.clusters, not_assessed=found.not_assessed, failed=found.failed)
