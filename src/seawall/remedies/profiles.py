"""Environments differ in size only: what keeps a cluster safe is the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How big a cluster is: the machines, the nodes of the system pool, the least and most of each other pool."""

    vm_size: str
    system: int
    least: int
    most: int

    @property
    def nodes(self) -> int:
        """The most nodes that the cluster can have, with a Windows pool and one node more in each pool for upgrades."""
        return self.system + 2 * self.most + 3


SIZES: Mapping[str, Size] = {
    "dev": Size(vm_size="Standard_D4ds_v5", system=2, least=1, most=3),
    "staging": Size(vm_size="Standard_D4ds_v5", system=3, least=3, most=6),
    "prod": Size(vm_size="Standard_D8ds_v5", system=3, least=3, most=20),
}
"""By environment. Ddsv5 machines take ephemeral OS disks, host encryption and Trusted Launch."""
