"""File capabilities as Docker and containerd write them: in a pax header, as the kernel's own bytes."""

from __future__ import annotations

import io
import struct
import tarfile

import pytest

from seawall.contents.capabilities import capabilities
from seawall.safe.compression import open_stream
from seawall.safe.limits import DEFAULT
from seawall.sources.images.layer import Rights, analyse

NET_RAW = struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0)


def test_a_capability_in_a_pax_header_is_read() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as out:
        info = tarfile.TarInfo("usr/bin/ping")
        info.mode, info.uid = 0o755, 7
        info.pax_headers = {"SCHILY.xattr.security.capability": NET_RAW.decode("utf-8", "surrogateescape")}
        out.addfile(info)
        out.addfile(tarfile.TarInfo("etc/plain"))
    facts = analyse(
        open_stream(io.BytesIO(buffer.getvalue()), where="layer"),
        wants=lambda path: False,
        visit=lambda path, content: None,
        limits=DEFAULT,
        where="layer",
    )
    assert facts.rights == {"usr/bin/ping": Rights(0o755, 7, 0, NET_RAW.hex())}
    assert capabilities(facts.rights["usr/bin/ping"].capability) == ("cap_net_raw",)


@pytest.mark.parametrize(
    ("record", "names"),
    [
        (b"", ()),
        (b"abc", ("unreadable",)),
        (struct.pack("<5I", 0x02000000, 1 << 21, 0, 1 << 8, 0), ("cap_sys_admin", "cap_checkpoint_restore")),
        (struct.pack("<3I", 0x01000000, 1, 0), ("cap_chown",)),
    ],
)
def test_the_kernels_record_in_words(record: bytes, names: tuple[str, ...]) -> None:
    assert capabilities(record.hex()) == names
