"""What is fuzzed: every reader of bytes that come with an image, each with seeds that it reads right."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from backports import zstd

from seawall.catalogers import all_catalogers, assemble, catalog, wants, wants_program
from seawall.catalogers.assemble import Evidence
from seawall.safe.compression import open_stream
from seawall.safe.limits import MIB, Limits
from seawall.sources.images.image import Config, parse
from seawall.sources.images.layer import analyse
from seawall.sources.images.opening import open_images
from seawall.sources.images.squash import Tree

LIMITS = Limits(
    evidence_bytes=8 * MIB,
    zip_entry_bytes=8 * MIB,
    zip_total_bytes=32 * MIB,
    layer_bytes=64 * MIB,
    sqlite_steps=1_000_000,
)
"""Smaller than those of users, so that what only they stop is found in seconds too."""


class Target(NamedTuple):
    """`read` gets bytes; it may raise a SeawallError and nothing else."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


def layer(data: bytes) -> object:
    """A layer, walked, cataloged and squashed on itself."""
    facts = analyse(
        open_stream(io.BytesIO(data), where="layer", limits=LIMITS),
        wants=wants,
        wants_program=wants_program,
        visit=lambda path, content: catalog(path, content, LIMITS),
        limits=LIMITS,
        where="layer",
    )
    tree = Tree([facts, facts], wants)
    tree.unfetched()
    return list(tree.results()), list(tree.unread())


def image(data: bytes) -> object:
    """An archive that may be an image."""
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        file.write(data)
        file.flush()
        return open_images(Path(file.name), platform=None, limits=LIMITS)


def cataloger(path: str) -> Callable[[bytes], object]:
    """All catalogers that ask for `path`, and the list that is made of what they find."""

    def read(data: bytes) -> object:
        records = catalog(path, data, LIMITS)
        return assemble([Evidence(path=path, versions=(("", records),))])

    return read


def targets() -> dict[str, Target]:
    """By name. A cataloger's seeds are its own examples."""
    tar = _tar()
    found = {
        "layer": Target((tar, gzip.compress(tar), zstd.compress(tar)), layer),
        "image": Target((_image(tar),), image),
        "config": Target((_CONFIG,), lambda data: parse(data, Config, where="config", limits=LIMITS)),
        "rpmdb.sqlite": Target((rpmdb(),), cataloger("var/lib/rpm/rpmdb.sqlite")),
    }
    for each in all_catalogers():
        for path in dict.fromkeys(example.path for example in each.examples):
            seeds = tuple(example.content for example in each.examples if example.path == path)
            found[f"{each.name}:{path}"] = Target(seeds, cataloger(path))
    found["jar:nested"] = Target((_jar(),), cataloger("app/a.jar"))
    return found


_CONFIG = json.dumps(
    {
        "architecture": "amd64",
        "os": "linux",
        "config": {"User": "1", "Cmd": ["a"], "Labels": {"a": "b"}},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64]},
        "history": [{"created_by": "RUN a"}, {"empty_layer": True}],
    }
).encode()


def _tar(pax: bool = True) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT if pax else tarfile.GNU_FORMAT) as out:
        for path, content in (
            ("etc/os-release", b"ID=debian\nVERSION_ID=12\n"),
            ("var/lib/dpkg/status", b"Package: a\nStatus: install ok installed\nVersion: 1\n"),
            ("usr/bin/program", b"\x7fELF".ljust(5000, b"\1")),
            (f"{'long/' * 60}ü.gemspec", b"x"),
            ("usr/.wh.lib", b""),
            ("opt/.wh..wh..opq", b""),
        ):
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(content), 0o755
            out.addfile(info, io.BytesIO(content))
        for kind, path, target in (
            (tarfile.SYMTYPE, "lib", "usr/lib"),
            (tarfile.LNKTYPE, "usr/bin/other", "usr/bin/program"),
            (tarfile.SYMTYPE, "etc/passwd", "../../../etc/shadow"),
        ):
            info = tarfile.TarInfo(path)
            info.type, info.linkname = kind, target
            out.addfile(info)
    return buffer.getvalue()


def _image(tar: bytes) -> bytes:
    buffer = io.BytesIO()
    manifest = [{"Config": "config.json", "RepoTags": ["a:1"], "Layers": ["layer.tar"]}]
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for path, content in (
            ("config.json", _CONFIG),
            ("manifest.json", json.dumps(manifest).encode()),
            ("layer.tar", tar),
        ):
            info = tarfile.TarInfo(path)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _jar() -> bytes:
    inner = _zip({"META-INF/maven/g/a/pom.properties": b"groupId=g\nartifactId=a\nversion=1\n"})
    manifest = b"Implementation-Title: b\nImplementation-Version: 2\n"
    return _zip({"META-INF/MANIFEST.MF": manifest, "BOOT-INF/lib/a-1.jar": inner, "JndiLookup.class": b"x" * 300})


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def rpmdb() -> bytes:
    """A database in SQLite with one header, that of the cataloger's own example."""
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        database = sqlite3.connect(file.name)
        database.execute("create table Packages (hnum integer primary key, blob blob)")
        database.execute(
            "insert into Packages (blob) values (?)", (b"\0\0\0\1\0\0\0\4\0\0\3\xe8\0\0\0\6\0\0\0\0\0\0\0\1abc\0",)
        )
        database.commit()
        database.close()
        return Path(file.name).read_bytes()
