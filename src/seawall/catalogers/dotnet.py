"""Packages of .NET programs, and the runtimes that they share."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import Example, Record, cataloger, document
from seawall.errors import Malformed
from seawall.model import NotAssessed, Package
from seawall.safe.executable import ELF, PE, parse
from seawall.safe.limits import DEFAULT, Limits

BUNDLE = bytes.fromhex("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae")
"""What the host of a single-file program has after the place of its bundle: the hash of `.net core bundle`."""

SHARED = re.compile(r"(?:.*/)?shared/([A-Z][\w.]+)/(\d+\.\d+\.\d+[\w.-]*)/[^/]+\.deps\.json", re.DOTALL)
CODE = ("runtime", "native", "runtimeTargets", "resources")
PLACEHOLDER = "_._"

APP = Example(
    path="app/web.deps.json",
    content=b"""{"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64"},
 "targets": {".NETCoreApp,Version=v8.0": {}, ".NETCoreApp,Version=v8.0/linux-x64": {
  "web/1.0.0": {"runtime": {"web.dll": {}}},
  "Newtonsoft.Json/12.0.1": {"runtime": {"lib/netstandard2.0/Newtonsoft.Json.dll": {}}},
  "System.Memory/4.5.4": {},
  "System.Buffers/4.5.1": {"runtime": {"lib/net8.0/_._": {}}},
  "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"runtime": {"System.dll": {}}}}},
 "libraries": {"web/1.0.0": {"type": "project"}, "Newtonsoft.Json/12.0.1": {"type": "package"},
  "System.Memory/4.5.4": {"type": "package"}, "System.Buffers/4.5.1": {"type": "package"},
  "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"}}}""",
    finds=(
        Package(type="nuget", name="Newtonsoft.Json", version="12.0.1", path="app/web.deps.json"),
        Package(
            type="nuget", name="Microsoft.NETCore.App.Runtime.linux-x64", version="8.0.1", path="app/web.deps.json"
        ),
    ),
)
FRAMEWORK = Example(
    path="usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
    content=b'{"targets": {}, "libraries": {}}',
    finds=(
        Package(
            type="nuget",
            name="Microsoft.NETCore.App",
            version="8.0.1",
            path="usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
        ),
    ),
)


class _Library(msgspec.Struct, frozen=True):
    type: str = ""


class _Target(msgspec.Struct, frozen=True):
    name: str = ""


class _Deps(msgspec.Struct, frozen=True, rename="camel"):
    libraries: dict[str, _Library]
    runtime_target: _Target | str = ""
    targets: dict[str, dict[str, dict[str, object]]] = {}


@cataloger("**/*.deps.json", examples=[APP, FRAMEWORK], bounded=True, magic=(ELF, PE))
def dotnet(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """The list of what a program loads, beside it or in a single-file program, and that of a shared framework.

    Packages and runtime packs count whose code is there, for many are only referred to; the program itself and its
    own projects do not. A framework that its list does not name is named after its folder. Assemblies (.dll) without
    such a list, and what was compiled ahead of time, are not read.
    """
    if content.startswith((ELF, PE)):
        content = _bundled(path, content)
        if not content:
            return
    deps = document(path, content, _Deps, limits)
    aimed = deps.runtime_target.name if isinstance(deps.runtime_target, _Target) else deps.runtime_target
    target = deps.targets.get(aimed) or next((each for each in deps.targets.values() if each), {})
    found = [
        key
        for key, library in deps.libraries.items()
        if library.type in ("package", "runtimepack") and (not target or _has_code(target.get(key, {})))
    ]
    for key in found:
        name, _, version = key.removeprefix("runtimepack.").partition("/")
        if name and version:
            yield Package(type="nuget", name=name, version=version, path=path)
        else:
            yield NotAssessed(what=f"the package {key[:100]!r}", where=path, why="it has no name or no version")
    framework = SHARED.fullmatch(path)
    if framework and not any(framework[1] in key for key in found):
        yield Package(type="nuget", name=framework[1], version=framework[2], path=path)


def _has_code(library: dict[str, object]) -> bool:
    files = (file for kind in CODE if isinstance(listed := library.get(kind), dict) for file in listed)
    return any(not str(file).endswith(PLACEHOLDER) for file in files)


def _bundled(path: str, program: bytes) -> bytes:
    """The list in a single-file program, b"" where it is none, or brings no list.

    https://github.com/dotnet/designs/blob/main/accepted/2020/single-file/bundler.md
    """
    begin, end = parse(program).section(".data") or (0, 0)
    mark = program.find(BUNDLE, begin, end)
    if mark < begin + 8:
        return b""
    try:
        (header,) = struct.unpack_from("<Q", program, mark - 8)
        if not header:
            return b""
        major, _minor, _files = struct.unpack_from("<IIi", program, header)
        length = program[header + 12]
        at, size = struct.unpack_from("<QQ", program, header + 13 + length)
    except (struct.error, IndexError, OverflowError):
        raise Malformed("a single-file .NET program that is cut short", where=path) from None
    if major < 2 or length > 127 or at + size > len(program):
        raise Malformed("a single-file .NET program whose list of packages cannot be found", where=path)
    return program[at : at + size]
