"""What any cataloger finds can be stored and read back, record for record."""

from __future__ import annotations

import msgspec
import pytest

from seawall.catalogers import Cataloger, all_catalogers
from seawall.catalogers.records import Records, pack, unpack
from seawall.model import Distro, NotAssessed, Package


@pytest.mark.parametrize("cataloger", all_catalogers(), ids=lambda each: each.name)
def test_records_survive_storage(cataloger: Cataloger) -> None:
    mixed = (
        NotAssessed(what="a", where="b", why="c"),
        Package(type="deb", name="x", version="1"),
        Distro(id="debian"),
        Package(type="deb", name="y", version="2", files=("etc/y",)),
    )
    for example in cataloger.examples:
        found = (*mixed[:2], *example.finds, *mixed[2:])
        stored = msgspec.msgpack.encode(pack(found))
        assert unpack(msgspec.msgpack.decode(stored, type=Records)) == found
