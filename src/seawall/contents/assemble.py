"""What was noted of the files of all layers, as an image shows and ships them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from msgspec.structs import replace

from seawall.contents.capabilities import capabilities
from seawall.contents.inspect import Noted
from seawall.contents.leftovers import leftovers
from seawall.contents.secrets import in_text
from seawall.model import Account, Contents, Image, Program, Secret, Special, Trace

_SPECIAL, _ALL_WRITE = 0o6000, 0o002
_SHARED = ("tmp", "var/tmp", "dev", "proc", "sys", "run/lock", "var/lock")
"""Folders that all write to by design, most of which a container mounts anew."""


class Tree(Protocol):
    """What is asked of an image's tree; that of `sources` does all of it."""

    def names(self) -> dict[tuple[int, str], list[str]]: ...
    def links(self) -> Iterator[tuple[str, str]]: ...
    def resolve(self, path: str) -> str | None: ...
    def rights(self) -> Iterator[tuple[str, Any, int]]: ...
    def entries(self, folder: str) -> Mapping[str, str]: ...
    def folders(self) -> Iterable[tuple[str, Mapping[str, object]]]: ...


def assemble(image: Image, tree: Tree, noted: Iterable[tuple[str, Noted, int]]) -> Contents:
    """The contents of an image. `noted` is said of every file of every layer: its path there, and the layer's index.

    Of files that a later layer deletes or replaces, only their secrets count: nobody can run them.
    """
    layers = [layer.diff_id for layer in image.layers]
    names = tree.names()
    programs, accounts, texts = list[Program](), list[Account](), dict[str, str]()
    secrets, files, skipped = list(_of_settings(image)), 0, set[str]()
    for stored, found, index in noted:
        shown = sorted(names.get((index, stored), ()))
        files += found.looked and bool(shown)
        if found.skipped:
            skipped.add(shown[0] if shown else stored)
        for secret in found.secrets:
            path = shown[0] if shown else stored
            secrets.append(replace(secret, path=path, layer=layers[index], hidden=not shown))
        if not shown:
            continue
        accounts += found.accounts
        texts |= dict.fromkeys(shown, found.text) if found.text else {}
        if found.program:
            path = stored if stored in shown else shown[0]
            others = tuple(each for each in shown if each != path)
            programs.append(replace(found.program, path=path, layer=layers[index], links=others))
    programs = sorted(_linked(programs, tree), key=lambda each: each.path)
    return Contents(
        programs=tuple(programs),
        specials=tuple(_specials(tree, layers)),
        accounts=tuple(sorted(accounts, key=lambda each: (each.path, each.name))),
        secrets=tuple(sorted(secrets, key=lambda each: (each.path, each.line, each.what, each.layer, each.place))),
        leftovers=tuple(sorted(leftovers(tree.folders()), key=lambda each: each.path)),
        files=files,
        skipped=tuple(sorted(skipped)),
        trace=None if image.platform.startswith("windows") else _trace(image, tree, programs, texts),
    )


def _trace(image: Image, tree: Tree, programs: list[Program], texts: Mapping[str, str]) -> Trace:
    from seawall.contents.trace_image import ImageFiles, of_image

    return of_image(image, ImageFiles(tree, programs, texts))


def _of_settings(image: Image) -> Iterator[Secret]:
    for number, variable in enumerate(image.env):
        name = variable.partition("=")[0]
        yield from in_text(variable, f"env {name or number}")
    for number, step in enumerate(image.history, 1):
        if not step.startswith("ENV ") or not image.env:
            texts = (step, *_build_arguments(step))
            yield from dict.fromkeys(found for text in texts for found in in_text(text, f"history step {number}"))
    for name, value in sorted(image.labels.items()):
        yield from in_text(value, f"label {name}")


def _build_arguments(step: str) -> list[str]:
    """`NAME=value` of the build arguments that BuildKit writes before the command: `RUN |1 TOKEN=… /bin/sh -c …`."""
    match = re.match(r"(?:RUN )?\|\d+ (.*?) /\S+ -", step, re.DOTALL)
    return re.findall(r"(?:^| )([A-Za-z_]\w*=\S+)", match[1]) if match else []


def _linked(programs: list[Program], tree: Tree) -> Iterator[Program]:
    """The tools among the programs with the symbolic links that lead to them, over links of links too."""
    targets = {path.rpartition("/")[2] for each in programs if each.tools for path in (each.path, *each.links)}
    links = {path: target.rpartition("/")[2] for path, target in tree.links()}
    candidates: set[str] = set()
    while more := {path for path, target in links.items() if target in targets} - candidates:
        candidates |= more
        targets |= {path.rpartition("/")[2] for path in more}
    found: dict[str, list[str]] = {}
    for path in candidates:
        if real := tree.resolve(path):
            found.setdefault(real, []).append(path)
    for each in programs:
        names = {name for path in (each.path, *each.links) for name in found.get(path, ())} if each.tools else set()
        yield replace(each, links=tuple(sorted(names | set(each.links)))) if names else each


def _specials(tree: Tree, layers: list[str]) -> Iterator[Special]:
    for path, rights, index in tree.rights():
        powers = capabilities(rights.capability)
        open_to_all = rights.mode & _ALL_WRITE and not path.startswith(_SHARED)
        if not (rights.mode & _SPECIAL or powers or open_to_all):
            continue
        parent, _, name = path.rpartition("/")
        folder = tree.entries(parent).get(name) == "dir"
        if folder and not open_to_all:
            continue
        yield Special(
            path=path,
            mode=rights.mode,
            user=rights.user,
            group=rights.group,
            capabilities=powers,
            folder=folder,
            layer=layers[index],
        )
