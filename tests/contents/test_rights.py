"""File capabilities as Docker and containerd write them: in a pax header, as the kernel's own bytes. And build
arguments in the history."""

from __future__ import annotations

import io
import struct
import tarfile

import pytest

from seawall.contents.assemble import _of_settings
from seawall.contents.capabilities import capabilities
from seawall.model import Image
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


@pytest.mark.parametrize(
    ("step", "hints"),
    [
        ("RUN |1 TOKEN=s3cr3tV4lue99x /bin/sh -c make # buildkit", ["s3cr…"]),
        ("|2 A=1 DB_PASSWORD=hunter2secret /bin/bash -o pipefail -c x", ["hunt…"]),
        ("RUN |1 NPM_TOKEN=npm_abcdefghijklmnopqrstuvwxyz0123456789 /bin/sh -c npm ci", ["npm_…"]),
        ("RUN |1 VERSION=1.2.3 /bin/sh -c make", []),
    ],
)
def test_build_arguments_in_the_history(step: str, hints: list[str]) -> None:
    image = Image(name="x", history=("FROM scratch", step))
    assert [(each.hint, each.place) for each in _of_settings(image)] == [(hint, "history step 2") for hint in hints]
