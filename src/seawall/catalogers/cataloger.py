"""What a cataloger is, and the list of them: the folder is the list."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from seawall.errors import LimitExceeded, Malformed, SeawallError
from seawall.model import Distro, NotAssessed, Package
from seawall.safe import json
from seawall.safe.limits import DEFAULT, MIB, Limits

T = TypeVar("T")


class Owns(msgspec.Struct, frozen=True, kw_only=True):
    """Files that the OS package named `package` says it owns; `paths` are relative to the image's root."""

    package: str
    paths: tuple[str, ...]


Record: TypeAlias = Package | Owns | Distro | NotAssessed


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A file as found in real images, and all that the cataloger must find in it, in order."""

    path: str
    content: bytes
    finds: tuple[Record, ...]


class Cataloger(msgspec.Struct, frozen=True, kw_only=True):
    """Globs plus a pure function from one file to records.

    A glob is a path relative to the image's root, without leading slash: `*` stays within one folder, a leading
    `**/` is any folder or none. `read(path, content)` may raise a SeawallError, before or after its first record.
    `bounded` catalogers unpack something, and take the keyword `limits` as well. `magic` are the first bytes of
    programs that are wanted whatever their path; `libraries` tells by path which shared libraries are wanted, too.
    """

    name: str
    globs: tuple[str, ...]
    doc: str
    examples: tuple[Example, ...]
    read: Callable[..., Iterator[Record]]
    bounded: bool = False
    magic: tuple[bytes, ...] = ()
    libraries: Callable[[str], bool] | None = None


def cataloger(
    *globs: str,
    examples: Sequence[Example],
    bounded: bool = False,
    magic: tuple[bytes, ...] = (),
    libraries: Callable[[str], bool] | None = None,
) -> Callable[[Callable[..., Iterator[Record]]], Cataloger]:
    """Make a Cataloger of the function below. It registers nothing; the file must be named after the function."""

    def make(function: Callable[..., Iterator[Record]]) -> Cataloger:
        return Cataloger(
            name=function.__name__,
            globs=globs,
            doc=function.__doc__ or "",
            examples=tuple(examples),
            read=function,
            bounded=bounded,
            magic=magic,
            libraries=libraries,
        )

    return make


@cache
def all_catalogers() -> tuple[Cataloger, ...]:
    """Every cataloger of this folder, by name: the value named after its file."""
    modules = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    values = (getattr(importlib.import_module(f"{__package__}.{name}"), name, None) for name in modules)
    return tuple(value for value in values if isinstance(value, Cataloger))


def owns(package: str, paths: Iterable[str], *, where: str, size: int) -> Owns:
    """The files of a package whose record has `size` bytes.

    Raises Malformed where the paths are out of all proportion: a few bytes of a database could otherwise stand for
    gigabytes, by one long folder for very many files. In real ones files share a folder, and bring checksums along.
    """
    kept: list[str] = []
    left = MIB + 8 * size
    for path in paths:
        left -= len(path)
        if left < 0:
            raise Malformed(f"the paths of the files of {package} are longer than any real ones", where=where)
        kept.append(path)
    return Owns(package=package, paths=tuple(kept))


def text(path: str, content: bytes, limits: Limits = DEFAULT) -> str:
    """Plain text without byte order mark, stray bytes replaced.

    Raises Malformed for what is not text in UTF-8, LimitExceeded for more than a database of text has.
    """
    if len(content) > limits.text_bytes:
        raise LimitExceeded("text_bytes", limits.text_bytes, where=path, found=len(content))
    if b"\0" in content:
        raise Malformed("this is not plain text in UTF-8", where=path)
    return content.decode("utf-8-sig", errors="replace")


def document(path: str, content: bytes, shape: type[T], limits: Limits) -> T:
    """A list of packages in JSON as a type that msgspec knows. Raises Malformed, LimitExceeded."""
    if len(content) > limits.text_bytes:
        raise LimitExceeded("text_bytes", limits.text_bytes, where=path, found=len(content))
    return json.decode(content, shape, where=path, limits=limits)


def unreadable(path: str, error: SeawallError) -> NotAssessed:
    """A file that was asked for and cannot be read; for a bound that stopped it, with how to raise that."""
    why = f"{error.message}; {error.hint}" if isinstance(error, LimitExceeded) else error.message
    return NotAssessed(what="packages in this file", where=error.where or path, why=why)
