"""The image that passes every check: the examples of a check start from it and change one thing."""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.model import Contents, Image, Layer, Need, Program, Run, Trace

APP = Program(path="app/server", kind="elf", size=4_000_000, static=True, layer="sha256:app")
_TRACE = Trace(
    runs=(Run(path=APP.path, command=("/app/server",), phase="main", why="the entrypoint"),),
    needs=(Need(path=APP.path, phase="main", why="the entrypoint"),),
)
GOLD_IMAGE = Image(
    name="contoso.azurecr.io/shop:1.4.2",
    platform="linux/amd64",
    created="2026-11-20T08:00:00Z",
    user="10001",
    entrypoint=("/app/server",),
    labels={
        "org.opencontainers.image.base.name": "mcr.microsoft.com/azurelinux/distroless/minimal:3.0",
        "org.opencontainers.image.base.digest": "sha256:" + "5" * 64,
    },
    layers=(Layer(diff_id="sha256:app"),),
    contents=Contents(programs=(APP,), files=1, trace=_TRACE),
)


def image(**changes: Any) -> Image:
    """The gold image with other facts; those of its contents by their names there."""
    assert GOLD_IMAGE.contents
    inside = {name: changes.pop(name) for name in [*changes] if name in GOLD_IMAGE.contents.__struct_fields__}
    contents = msgspec.structs.replace(GOLD_IMAGE.contents, **inside)
    return msgspec.structs.replace(GOLD_IMAGE, contents=contents, **changes)


def tool(name: str, *, path: str = "", applets: tuple[str, ...] = ()) -> tuple[Program, ...]:
    """The programs of an image that has one tool more."""
    return (APP, Program(path=path or f"usr/bin/{name}", kind="elf", tools=(name,), applets=applets))
