"""Which files some cataloger asks for, and what the catalogers find in one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from seawall.catalogers.cataloger import Cataloger, Owns, Record, all_catalogers, unreadable
from seawall.errors import LimitExceeded, SeawallError
from seawall.safe.executable import is_go, is_library
from seawall.safe.globs import regex
from seawall.safe.limits import DEFAULT, Limits

TAIL = 3
"""Letters of a path's end that are looked up before any regular expression is tried."""


def wants(path: str) -> bool:
    """True where some cataloger asks for this file; `path` is relative to the image's root, without leading slash."""
    tails, heads, match = _matcher()
    return (path[-TAIL:] in tails or path.startswith(heads)) and match(path) is not None


def wants_program(path: str, head: bytes) -> bool:
    """True for a program that some cataloger reads, by its first 4 KiB.

    Of shared libraries, which can be most of an image, only those that are named for something that is looked for, and
    those that Go made.
    """
    kinds, _ = _programs()
    if not head.startswith(kinds) or "/testdata/" in path:
        return False
    return not is_library(path) or is_go(head) or _wants_library(path)


def _wants_library(path: str) -> bool:
    _, libraries = _programs()
    return any(wanted(path) for wanted in libraries)


def could_be_program(path: str) -> bool:
    """True for a path that `wants_program` may be asked about, going by its name: most files of a package are not."""
    name = path.rpartition("/")[2]
    if is_library(path):
        return _wants_library(path)
    return "bin/" in path or ("/" in path and "." not in name and not path.startswith(("usr/share/", "etc/", "var/")))


def exact_paths() -> tuple[str, ...]:
    """The wanted paths that are one file each, sorted: to be looked for behind linked folders too."""
    return tuple(sorted(glob for each in all_catalogers() for glob in each.globs if "*" not in glob))


def catalog(path: str, content: bytes, limits: Limits = DEFAULT) -> tuple[Record, ...]:
    """What the catalogers that ask for `path` find in its bytes.

    A file that cannot be read, whole or in part, gives a NotAssessed beside what was found before.
    Of the files that an OS package owns, only those are kept that are evidence of something.
    """
    return tuple(
        record
        for cataloger, match in _matches()
        if match(path) or (cataloger.magic and content.startswith(cataloger.magic))
        for record in _read(cataloger, path, content, limits)
    )


def _read(cataloger: Cataloger, path: str, content: bytes, limits: Limits) -> Iterator[Record]:
    try:
        found = cataloger.read(path, content, **({"limits": limits} if cataloger.bounded else {}))
        for number, record in enumerate(found):
            if number >= limits.records_per_file:
                raise LimitExceeded("records_per_file", limits.records_per_file, where=path)
            if not isinstance(record, Owns):
                yield record
            elif evidence := tuple(each for each in record.paths if wants(each) or could_be_program(each)):
                yield Owns(package=record.package, paths=evidence)
    except SeawallError as error:
        yield unreadable(path, error)


@cache
def _programs() -> tuple[tuple[bytes, ...], tuple[Callable[[str], bool], ...]]:
    """The first bytes of programs, and what tells libraries by name."""
    magic = {kind for each in all_catalogers() for kind in each.magic}
    return tuple(sorted(magic)), tuple(each.libraries for each in all_catalogers() if each.libraries)


@cache
def _matches() -> tuple[tuple[Cataloger, Callable[[str], re.Match[str] | None]], ...]:
    return tuple((each, re.compile("|".join(map(regex, each.globs)), re.DOTALL).fullmatch) for each in all_catalogers())


@cache
def _matcher() -> tuple[frozenset[str], tuple[str, ...], Callable[[str], re.Match[str] | None]]:
    """The last letters of globs, the first folders of those that end in a star, and one expression for all."""
    globs = [glob for each in all_catalogers() for glob in each.globs]
    tails = frozenset(glob[-TAIL:] for glob in globs if "*" not in glob[-TAIL:])
    heads = tuple(sorted(glob.partition("*")[0] for glob in globs if "*" in glob[-TAIL:]))
    return tails, heads, re.compile("|".join(map(regex, globs)), re.DOTALL).fullmatch
